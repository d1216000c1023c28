using System.Text;
using Tocsin.Model;
using Tocsin.Model.Alerts;
using Tocsin.Model.Events;
using Tocsin.Storage;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Logs;

/// <summary>Answers what people and rules ask of logs and traces. Any thread; holds nothing between calls.</summary>
public sealed class LogSearch(Database database)
{
    /// <summary>Rows of one page: a page is held in memory and shown to a person.</summary>
    public const int MaxPage = 5000;

    /// <summary>Spans of one trace: beyond it a waterfall says nothing.</summary>
    public const int MaxSpans = 10_000;

    /// <summary>
    /// Distinct values counted for one field; rarer ones that come later are left out, and the answer says so.
    /// </summary>
    public const int MaxDistinct = 10_000;

    private static readonly TimeSpan s_relatedWindow = TimeSpan.FromHours(1);

    /// <summary>
    /// Newest first. Pages never repeat or skip a row that was stored before the first page was read.
    /// </summary>
    /// <param name="cursor">The <see cref="LogPage.Next"/> of the page before, or null. Must come from <see
    /// cref="LogPage"/>.</param>
    public LogPage Search(
        Predicate where, Instant from, Instant to, int limit, string? cursor, CancellationToken cancel,
        Dataset dataset = Dataset.Logs)
    {
        limit = Math.Clamp(limit, 1, MaxPage);
        RowId? after = RowId.TryParse(cursor, out RowId id) ? id : null;
        var items = new List<LogEntry>();
        bool more = false;
        var request = new ScanRequest { Dataset = dataset, From = from, To = to, Where = where, After = after };
        ScanReport report = database.Scan(
            request,
            (in EventRow row, RowId rowId) =>
            {
                more = items.Count == limit;
                if (!more)
                    items.Add(LogEntry.From(row, rowId));
                return !more;
            },
            cancel);
        return new LogPage(items, more ? items[^1].Id : null, from, to, report);
    }

    /// <summary>Rows per time bucket and severity family.</summary>
    /// <param name="buckets">About how many; the step is rounded up to a length people like.</param>
    public LogHistogram Histogram(Predicate where, Instant from, Instant to, int buckets, CancellationToken cancel)
    {
        var histogram = new LogHistogram(from, to, Math.Clamp(buckets, 1, LogHistogram.MaxBuckets));
        var request = new ScanRequest { Dataset = Dataset.Logs, From = from, To = to, Where = where };
        database.Count(request, histogram.Step, histogram.Add, cancel);
        return histogram;
    }

    /// <summary>The most frequent values of a field, named as in a query.</summary>
    public FieldCounts TopValues(Predicate where, string field, Instant from, Instant to, int limit,
        CancellationToken cancel)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        bool truncated = false;
        FieldText text = FieldTextOf(field);
        var request = new ScanRequest
        {
            Dataset = Dataset.Logs, From = from, To = to, Where = where, AnyOrder = true,
            Fields = [LogField.StoredPath(field)],
        };
        database.Scan(
            request,
            (in EventRow row, RowId _) =>
            {
                if (text(row) is not { } value)
                    return true;
                if (counts.TryGetValue(value, out long count))
                    counts[value] = count + 1;
                else if (counts.Count < MaxDistinct)
                    counts.Add(value, 1);
                else
                    truncated = true;
                return true;
            },
            cancel);
        List<FieldCount> top = [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)
            .Take(limit).Select(c => new FieldCount(c.Key, c.Value))];
        return new FieldCounts(field, top, counts.Count, truncated);
    }

    /// <summary>Null when no span of the trace is stored.</summary>
    /// <param name="traceId">16 bytes.</param>
    public TraceView? Trace(ReadOnlyMemory<byte> traceId, CancellationToken cancel)
    {
        var spans = new List<SpanView>();
        bool truncated = false;
        var request = new ScanRequest { Dataset = Dataset.Spans, Where = new TraceIs(traceId), AnyOrder = true };
        database.Scan(
            request,
            (in EventRow row, RowId _) =>
            {
                truncated = spans.Count == MaxSpans;
                if (!truncated)
                    spans.Add(SpanView.From(row));
                return !truncated;
            },
            cancel);
        if (spans.Count == 0)
            return null;
        List<SpanView> ordered = SpanTree.Order(spans);
        Instant start = ordered.Min(s => s.StartTime);
        long end = ordered.Max(s => s.StartTime.UnixNanos + s.DurationNanos);
        return new TraceView(
            Convert.ToHexStringLower(traceId.Span), start, end - start.UnixNanos,
            [.. ordered.Select(s => s.Service).Distinct().Order(StringComparer.Ordinal)], ordered, truncated);
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LogEntry> LogsOfTrace(ReadOnlyMemory<byte> traceId, int limit, CancellationToken cancel)
    {
        IReadOnlyList<LogEntry> newest = Search(
            new TraceIs(traceId), new Instant(long.MinValue), new Instant(long.MaxValue), limit, null, cancel).Items;
        return [.. newest.Reverse()];
    }

    /// <summary>
    /// The last records, oldest first, of the same run, trace, or process (host and pid together) in the hour before
    /// <paramref name="until"/>, that moment included. Empty when nothing identifies them.
    /// </summary>
    public IReadOnlyList<RelatedLog> Related(
        string? runId, string? traceId, string? host, int? pid, Instant until, int limit, CancellationToken cancel)
    {
        Predicate? where = RelatedTo(runId, traceId, host, pid);
        if (where is null || limit <= 0)
            return [];
        var related = new List<RelatedLog>();
        var request = new ScanRequest
        {
            Dataset = Dataset.Logs, From = until.Add(-s_relatedWindow), To = new Instant(until.UnixNanos + 1),
            Where = where,
        };
        database.Scan(
            request,
            (in EventRow row, RowId _) =>
            {
                related.Add(new RelatedLog(
                    row.Time.ToDateTimeOffset(), Severity.Name(row.Severity), RowText.Service(row),
                    RowText.Message(row))
                { TraceId = RowText.Hex(row.TraceId) });
                return related.Count < limit;
            },
            cancel);
        related.Reverse();
        return related;
    }

    private delegate string? FieldText(in EventRow row);

    private static FieldText FieldTextOf(string field)
    {
        switch (LogField.Named(field))
        {
            case LevelField:
                return static (in EventRow row) => Severity.Name(row.Severity);
            case IdField id:
                return id.Name.StartsWith("trace", StringComparison.OrdinalIgnoreCase)
                    ? static (in EventRow row) => RowText.Hex(row.TraceId)
                    : static (in EventRow row) => RowText.Hex(row.SpanId);
            default:
                FieldPath path = LogField.StoredPath(field);
                return (in EventRow row) =>
                    path.TryGet(row, out FieldValue value) && value.Kind != ValueKind.Null ? value.ToString() : null;
        }
    }

    private static Predicate? RelatedTo(string? runId, string? traceId, string? host, int? pid)
    {
        var parts = new List<Predicate>();
        if (!string.IsNullOrEmpty(runId))
            parts.Add(new FieldEquals(new FieldPath("service.instance.id"), runId));
        if (traceId is { Length: 32 } && traceId.All(char.IsAsciiHexDigit))
            parts.Add(new TraceIs(Convert.FromHexString(traceId)));
        if (!string.IsNullOrEmpty(host) && pid is { } number)
            parts.Add(new And(
            [
                new FieldEquals(new FieldPath("host.name"), host),
                new FieldEquals(new FieldPath("process.pid"), number.ToString()),
            ]));
        return parts.Count switch { 0 => null, 1 => parts[0], _ => new Or(parts) };
    }
}

/// <param name="Next">Cursor of the next page; null at the end.</param>
public sealed record LogPage(IReadOnlyList<LogEntry> Items, string? Next, Instant From, Instant To, ScanReport Scanned);

/// <param name="Distinct">How many different values were counted.</param>
/// <param name="Truncated">True when there are more different values than are counted.</param>
public sealed record FieldCounts(string Field, IReadOnlyList<FieldCount> Values, int Distinct, bool Truncated);

public sealed record FieldCount(string Value, long Count);
