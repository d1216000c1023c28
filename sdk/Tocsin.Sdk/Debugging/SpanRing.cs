using System.Diagnostics;
using OpenTelemetry;
using TocsinSdk.Redaction;

namespace TocsinSdk.Debugging;

/// <summary>One trace as it stands in the list.</summary>
internal sealed record TraceSummary(
    string TraceId, string Name, ActivityKind Kind, DateTimeOffset Start, TimeSpan Duration, int Spans, int Failed, bool IsWhole);

/// <summary>
/// The last spans that ended in this process, within a number of bytes, whether they are exported or not. Any thread.
/// </summary>
internal sealed class SpanRing(long maxBytes, Redactor redactor, OperationTable operations)
{
    private readonly ByteRing<SpanRecord> _spans = new(maxBytes);

    public long Bytes => _spans.Bytes;

    /// <summary>Listens from now on, to the end of the process.</summary>
    public void Open() => ActivitySource.AddActivityListener(new ActivityListener
    {
        // Connection-level spans multiply the others, and say little.
        ShouldListenTo = static source => !source.Name.StartsWith("Experimental.System.Net.", StringComparison.Ordinal),
        // Recorded here, not marked for export: sampling remains what it is. The library's own calls are left out.
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
            Sdk.SuppressInstrumentation ? ActivitySamplingResult.None : ActivitySamplingResult.AllData,
        ActivityStopped = Note,
    });

    public void Note(Activity activity)
    {
        try
        {
            if (IsOwn(activity))
                return;
            var span = SpanRecord.Of(activity, redactor);
            _spans.Add(span, span.Bytes);
            operations.Note(activity, span);
        }
        catch (Exception)
        {
            // A tag whose ToString throws must not surface in the application's own call.
        }
    }

    public List<SpanRecord> Trace(string traceId) =>
        [.. _spans.All().Where(s => s.TraceId == traceId).OrderBy(static s => s.Start)];

    /// <summary>Newest first.</summary>
    public List<TraceSummary> Traces(string? text, bool onlyFailed, int limit) =>
        [.. _spans.All().GroupBy(static s => s.TraceId).Select(static g => Summary(g.Key, [.. g]))
            .Where(t => (!onlyFailed || t.Failed > 0) && (text is null
                || t.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
                || t.TraceId.StartsWith(text, StringComparison.OrdinalIgnoreCase)))
            .OrderByDescending(static t => t.Start).Take(limit)];

    private static TraceSummary Summary(string traceId, SpanRecord[] spans)
    {
        var ids = spans.Select(static s => s.SpanId).ToHashSet();
        // The one whose parent is elsewhere: the beginning, as far as this process saw it.
        var root = spans.Where(s => s.ParentId is null || !ids.Contains(s.ParentId)).MinBy(static s => s.Start) ?? spans[0];
        return new TraceSummary(traceId, root.Name, root.Kind, root.Start, root.Duration, spans.Length,
            spans.Count(static s => s.Failed), root.ParentId is null);
    }

    private static bool IsOwn(Activity activity)
    {
        for (var at = activity; at is not null; at = at.Parent)
            if (at.GetTagItem("url.path") is string path && (path == "/debug" || path.StartsWith("/debug/", StringComparison.Ordinal)))
                return true;
        return false;
    }
}
