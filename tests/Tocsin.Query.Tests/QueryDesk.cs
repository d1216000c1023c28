using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Query.Answers;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Storage;
using Tocsin.Testing;

namespace Tocsin.Query.Tests;

/// <summary>A store in memory, and queries on it as text in, text out.</summary>
internal sealed class QueryDesk : IDisposable
{
    public QueryDesk(params SomeLog[] logs)
    {
        Database = Database.Open(
            new DatabaseOptions { Directory = "/data", MinFreeBytes = 0 }, new MemoryFileSystem(), Clock, new MetricSet());
        Engine = new QueryEngine(Database, Clock);
        if (logs.Length > 0)
            Append(logs);
    }

    public FakeClock Clock { get; } = new();

    public Database Database { get; }

    public QueryEngine Engine { get; }

    public QueryReport Report { get; private set; } = null!;

    /// <summary>The hour after <see cref="Some.Noon"/>, unless changed.</summary>
    public QueryRequest Request { get; set; } = new() { From = Some.Noon, To = Some.Noon.Add(TimeSpan.FromHours(1)) };

    public void Append(params SomeLog[] logs) =>
        Database.Append(Some.Batch(logs), CancellationToken.None).AsTask().GetAwaiter().GetResult()
            .ShouldBe(AppendResult.Stored);

    public TableSink Run(string text)
    {
        QueryTextResult parsed = QueryText.Parse(text);
        parsed.Error?.Message.ShouldBeNull(text);
        return Run(parsed.Plan!);
    }

    public TableSink Run(QueryPlan plan)
    {
        var sink = new TableSink();
        Report = Engine.Run(plan, Request, sink, CancellationToken.None);
        return sink;
    }

    /// <summary>Rows parted by '/', values by one blank; missing is a dash.</summary>
    public string Table(string text) => string.Join(" / ", Run(text).Rows.Select(r => string.Join(' ', r.Select(Show))));

    public static string Show(Cell cell) => cell.IsMissing ? "-" : cell.ToString() is { Length: > 0 } text ? text : "''";

    public void Dispose() => Database.Dispose();
}
