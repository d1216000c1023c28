using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Model.Metrics;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

/// <summary>A database on fakes, and short ways to fill and read it.</summary>
internal sealed class Store : IDisposable
{
    public const string Folder = "/data";

    public Store(IFileSystem? files = null, Func<DatabaseOptions, DatabaseOptions>? options = null,
        FakeClock? clock = null)
    {
        Files = files ?? new MemoryFileSystem();
        Clock = clock ?? new FakeClock();
        Options = new DatabaseOptions { Directory = Folder, MinFreeBytes = 0 };
        Options = options?.Invoke(Options) ?? Options;
        Database = Database.Open(Options, Files, Clock, Metrics);
    }

    public IFileSystem Files { get; }
    public FakeClock Clock { get; }
    public DatabaseOptions Options { get; }
    public MetricSet Metrics { get; } = new();
    public Database Database { get; private set; }

    public void Append(params SomeLog[] logs) => Append(Some.Batch(logs)).ShouldBe(AppendResult.Stored);

    public AppendResult Append(byte[] batch) =>
        Database.Append(batch, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter()
            .GetResult();

    public void Reopen()
    {
        Database.Dispose();
        Database = Database.Open(Options, Files, Clock, Metrics);
    }

    /// <summary>Message texts in the order of the scan.</summary>
    public List<string> Bodies(Predicate? where = null, Func<ScanRequest, ScanRequest>? change = null, int limit =
        int.MaxValue) =>
        [.. Rows(where, change, limit).Select(r => r.Body)];

    public List<(string Body, RowId Id)> Rows(
        Predicate? where = null, Func<ScanRequest, ScanRequest>? change = null, int limit = int.MaxValue)
    {
        var request = new ScanRequest { Dataset = Dataset.Logs, Where = where ?? Predicate.All };
        var rows = new List<(string, RowId)>();
        LastReport = Database.Scan(
            change?.Invoke(request) ?? request,
            (in EventRow row, RowId id) =>
            {
                rows.Add((row.TryGet(Fields.Body, out FieldValue body) ? body.ToString() : "", id));
                return rows.Count < limit;
            },
            CancellationToken.None);
        return rows;
    }

    public void Scan(Predicate where, RowVisitor visit) =>
        LastReport = Database.Scan(new ScanRequest { Dataset = Dataset.Logs, Where = where }, visit, CancellationToken.None);

    public ScanReport? LastReport { get; private set; }

    /// <summary>Every field of a row in a form that compares: order of fields does not count, types do.</summary>
    public static string Canonical(in EventRow row)
    {
        var text = new StringBuilder();
        text.Append($"{row.Time.UnixNanos} {row.Observed.UnixNanos} {row.Severity} ");
        text.Append($"{Convert.ToHexString(row.TraceId)} {Convert.ToHexString(row.SpanId)} | ");
        var fields = new List<string>();
        FieldReader reader = row.Fields;
        while (reader.MoveNext())
            fields.Add($"{Encoding.UTF8.GetString(reader.Name)}={Convert.ToHexString(reader.Value.Encoded)}");
        fields.Sort(StringComparer.Ordinal);
        return text.AppendJoin(';', fields).Append(" | ").Append(Convert.ToHexString(row.Stream)).ToString();
    }

    public void Dispose() => Database.Dispose();
}
