using Tocsin.Alerting;
using Tocsin.Alerting.Delivery;
using Tocsin.Catalog;
using Tocsin.Crashes;
using Tocsin.Ingest;
using Tocsin.Model.Crashes;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;

namespace Tocsin.Server;

/// <summary>
/// Asks for the first pages, then walks the path of a crash once, on a throw-away catalog, right after the start. The first real crash would otherwise pay
/// for the compilation of that path, about a second on a small machine, which is all the time it has to reach somebody.
/// </summary>
internal static class WarmUp
{
    /// <summary>A server that has not allocated so much meanwhile has nothing to do.</summary>
    private const long IdleBytes = 32 << 20;

    private static readonly TimeSpan s_untilTidy = TimeSpan.FromSeconds(3);

    public static Task Run(Parts parts, CancellationToken cancel) => Task.Run(
        async () =>
        {
            await QueryWarmUp.Run();
            await WalkOnce(parts, cancel);
            await Tidy(parts.Clock, cancel);
        },
        CancellationToken.None);

    /// <summary>
    /// Asks the server what a page asks first. Where keys are demanded it is refused, which is half the way; where loopback is not
    /// listened to it is none.
    /// </summary>
    public static async Task Visit(int port, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(1), BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        try
        {
            foreach (string path in (string[])["/health", "/api/tocsin/v1/logs?limit=1&from=-1m", "/api/tocsin/v1/logs/histogram?from=-1m"])
                (await http.GetAsync(path, cancel)).Dispose();
        }
        catch (Exception skipped) when (skipped is OperationCanceledException or HttpRequestException)
        {
            // Only the first visitor would notice.
        }
    }

    private static async Task WalkOnce(Parts parts, CancellationToken cancel)
    {
        try
        {
            using var folder = new WarmFolder();
            await Walk(parts, Path.Combine(folder.Path, "catalog.db"), cancel);
        }
        catch (Exception skipped) when (skipped is OperationCanceledException or IOException or UnauthorizedAccessException
            or CatalogOpenException or CatalogWriteException)
        {
            // Only the first crash would notice.
        }
    }

    /// <summary>
    /// What the walk has allocated is garbage for good; idle memory should not carry it. A server that is busy already collects by
    /// itself, and those who wait for it would notice.
    /// </summary>
    private static async Task Tidy(TimeProvider clock, CancellationToken cancel)
    {
        long before = GC.GetTotalAllocatedBytes();
        try
        {
            await Task.Delay(s_untilTidy, clock, cancel);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        if (GC.GetTotalAllocatedBytes() - before < IdleBytes)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static async Task Walk(Parts parts, string path, CancellationToken cancel)
    {
        var metrics = new MetricSet();
        var live = new LiveEvents();
        await using CatalogDatabase catalog = CatalogDatabase.Open(path, parts.Clock, metrics);
        var outbox = new Outbox([], parts.Clock);
        var alerts = new AlertInbox(new AlertLedger(outbox, live, parts.Clock), new AlertOptions());
        var crashes = new CrashInbox(catalog, alerts, new Redactor([], []), live, parts.Clock, metrics, CrashInbox.Searching(parts.Search));
        byte[] json = System.Text.Encoding.UTF8.GetBytes(CrashJson.Write(new CrashRecord
        {
            CrashId = "CRASH-00000000000000-00000000", Class = CrashClass.Unhandled, Time = parts.Clock.GetUtcNow(), Service = "warm-up",
            Process = new CrashProcess { RunId = "0", ExitCode = 134, Signal = "SIGABRT" }, StderrTail = "Unhandled exception. System.Exception: warm",
            Exception = new CrashException
            {
                Type = "System.Exception", Message = "warm-up 1", Frames = [new CrashFrame { Method = "Warm.Up(String[] args)", File = "Warm.cs", Line = 1 }],
            },
        }));
        await crashes.Accept(CrashJson.Read(json), cancel);
        _ = new CrashReports(catalog, parts.Clock).List(new CrashFilter());
    }
}
