using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Model.Metrics;
using Tocsin.Query.Execution;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;
using Tocsin.Server.Api;
using Tocsin.Storage;
using Tocsin.Storage.Io;

namespace Tocsin.Server;

/// <summary>
/// Stores, seals and asks a few records on a throw-away database, once per process, while the server starts: starting keeps one
/// processor busy, and the first question of a person, or the first seal, would otherwise wait for that code.
/// </summary>
internal static class QueryWarmUp
{
    private static readonly Lazy<Task> s_walk = new(() => Task.Run(Walk));

    private static readonly string[] s_questions =
    [
        "", "level:error", "warm", "*arm*", "service:warm-up level:error", "user.id:=u7", "trace_id:00000000000000000000000000000007",
    ];

    private static readonly string[] s_tables =
    [
        "* | stats count() by service", "* | top 10 user.id", "* | stats p95(duration_ms) by service", "* | timechart 1m count() by level",
    ];

    /// <summary>Completes when all is done; never fails.</summary>
    public static Task Run() => s_walk.Value;

    private static async Task Walk()
    {
        try
        {
            using var folder = new WarmFolder();
            using Database database = Database.Open(
                new DatabaseOptions { Directory = folder.Path }, new DiskFileSystem(), TimeProvider.System, new MetricSet());
            await Store(database);
            Ask(database);
            database.Seal(CancellationToken.None);
            Ask(database);
        }
        catch (Exception skipped) when (skipped is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Only the first question would notice.
        }
    }

    private static async Task Store(Database database)
    {
        const int Rows = 256;
        using var batch = new EventBatchWriter(Dataset.Logs);
        batch.BeginStream();
        String(batch, "service.name", "warm-up");
        batch.EndStream();
        var now = Instant.Now(TimeProvider.System);
        byte[] trace = new byte[16];
        for (int i = 0; i < Rows; i++)
        {
            trace[15] = (byte)(i / 2);
            batch.BeginRow(now, now, (byte)(i % 8 == 0 ? 17 : 9), trace, trace.AsSpan(8));
            String(batch, "@body", $"Warming {i % 3} of {i} up took {i * 7} ms");
            String(batch, "user.id", $"u{i % 50}");
            batch.Name("duration_ms"u8);
            batch.Double(i / 4.0);
            batch.EndRow();
        }
        await database.Append(batch.Encoded, CancellationToken.None);
    }

    private static void Ask(Database database)
    {
        var search = new LogSearch(database);
        var engine = new QueryEngine(database, TimeProvider.System);
        Instant to = Instant.Now(TimeProvider.System).Add(TimeSpan.FromMinutes(1)), from = to.Add(-TimeSpan.FromMinutes(10));
        foreach (string question in s_questions)
        {
            if (LogQuery.Parse(question).Predicate is not { } where)
                continue;
            LogPage page = search.Search(where, from, to, 100, null, CancellationToken.None);
            Write(new LogAnswer(page.Items, page.Next, $"{from}", $"{to}", LogScan.Of(page.Scanned), page.Scanned.Partial, 0));
            Write(HistogramAnswer.Of(search.Histogram(where, from, to, 60, CancellationToken.None)));
        }
        foreach (string question in s_tables)
        {
            if (QueryText.Parse(question).Plan is { } plan)
                QueryAnswer.Run(engine, plan, new QueryRequest { From = from, To = to }, CancellationToken.None);
        }
    }

    private static void Write<T>(T answer) => JsonSerializer.SerializeToUtf8Bytes(answer, JsonShape.Options);

    private static void String(EventBatchWriter batch, string name, string value)
    {
        batch.Name(Encoding.UTF8.GetBytes(name));
        batch.String(Encoding.UTF8.GetBytes(value));
    }
}
