using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tocsin.Testing.Processes;

namespace Tocsin.Bench.Logs;

/// <summary>
/// `bench logs`: a day of logs through OTLP/HTTP into a real server with fsync on, then the questions people ask of them,
/// each with its answer checked. docs/guide/operate.md says how to run it.
/// </summary>
internal static class LogsSuite
{
    /// <summary>What the targets are for.</summary>
    public const int Records = 5_000_000;

    private const int Spans = 1_600_000;

    private const string Settings = """
        retention:
          logs: 36500d
          spans: 36500d
        """;

    /// <summary>Requests made before the clock starts; the others are made while sending.</summary>
    private const long AheadBytes = 2L << 30;

    public static async Task<int> Run(string[] arguments)
    {
        int records = int.Parse(Option(arguments, "--records") ?? $"{Records}");
        int spans = int.Parse(Option(arguments, "--spans") ?? $"{Math.Min(Spans, (long)records * Spans / Records)}");
        string? only = Option(arguments, "--only"), keep = Option(arguments, "--keep");
        if (records < LogRequests.PerRequest || spans < 0 || only is not (null or "ingest" or "queries") || only == "queries" && keep is null)
        {
            Console.Error.WriteLine("logs [--records N, 1000 or more] [--spans N] [--json] [--keep DIR] [--only ingest|queries]; "
                + "queries alone need --keep");
            return 2;
        }
        var figures = new List<LogsFigure>();
        using var place = new ServerPlace(Settings, keep);
        var kept = new KeptFolder(place.Data, records, spans);
        if (kept.State() is { } wrong)
        {
            Console.Error.WriteLine(wrong);
            return 2;
        }
        if (kept.IsFull ? only == "ingest" : only == "queries")
        {
            Console.Error.WriteLine(kept.IsFull ? $"{keep} is full already" : $"{keep} holds nothing yet");
            return 2;
        }
        if (!kept.IsFull)
        {
            await using ServerProcess server = await ServerProcess.Start(place);
            figures.AddRange(await Ingest(server, records));
            if (spans > 0)
                figures.AddRange(await IngestSpans(server, spans));
            await server.Stop();
            kept.MarkFull();
        }
        if (only != "ingest")
            figures.AddRange(await Queries(place, records, spans));
        return LogsReport.Print(records, spans, figures, arguments.Contains("--json"));
    }

    private static async Task<List<LogsFigure>> Ingest(ServerProcess server, int records)
    {
        int requests = LogRequests.Count(records);
        var usage = new ServerUsage(server.Process.Id, server.Place.Data);
        Prepared ahead = Prepare(requests, () =>
        {
            var generator = new LogRequests(records);
            return request =>
            {
                generator.Choose(request);
                return generator.Encode();
            };
        });
        double before = usage.Cpu();
        LoadResult load = OtlpLoad.Run(server.Place.OtlpHttpPort, requests, usage, ahead.Sender);
        double atLast = usage.Cpu();
        await usage.Settle();
        double settled = usage.Cpu(), millions = records / 1e6;
        double sealedRows = await SealedRows(server);
        long disk = usage.DiskBytes();
        double rss = usage.Megabytes("VmRSS"), peak = usage.Megabytes("VmHWM");
        JsonElement found = await server.Get(LogQueryList.CountAll);
        double stored = found.GetProperty("totals").EnumerateObject().Sum(t => t.Value.GetDouble());
        return
        [
            Rounded("ingest CPU per million, settled", (settled - before) / millions, "s") with { AtMost = 5, VictoriaLogs = 15.4, ClickHouse = 5.6 },
            Rounded("ingest CPU per million, at the last answer", (atLast - before) / millions, "s"),
            Rounded("ingest, 4 connections, fsync on", records / load.Seconds, "records/s") with { AtLeast = 250_000, VictoriaLogs = 121_753 },
            Rounded("request p50", Figures.Percentile(load.Latencies, 50), "ms") with { VictoriaLogs = 18.8 },
            Rounded("request p99", Figures.Percentile(load.Latencies, 99), "ms") with { AtMost = 100, VictoriaLogs = 190 },
            Rounded("RSS peak", peak, "MB") with { AtMost = 350, VictoriaLogs = 360 },
            Rounded("RSS at the end", rss, "MB") with { VictoriaLogs = 304 },
            Rounded("disk per record in segments", disk / sealedRows, "B") with { AtMost = 36, VictoriaLogs = 56.4, ClickHouse = 65.5 },
            Rounded("records in segments of those sent", sealedRows / records * 100, "%"),
            Rounded("records found of those sent", stored / records * 100, "%") with
            {
                AtLeast = 100, Wrong = stored == records ? null : $"{stored:0} of {records}",
            },
            Rounded("message templates", LogTemplates.All.Count, ""),
            Rounded("requests refused and sent again", load.Refused, ""),
            Rounded("size per record on the wire", (double)load.Bytes / records, "B"),
            Rounded("making the records, CPU per million", ahead.CpuPerRequest * 1000, "s"),
            Rounded("load generator's CPU per million", load.OwnCpu / millions, "s"),
            Rounded("CPU used by others meanwhile", load.OtherCpu * 100, "%"),
        ];
    }

    private static async Task<List<LogsFigure>> IngestSpans(ServerProcess server, int spans)
    {
        int requests = SpanRequests.Count(spans), sent = requests * SpanRequests.PerRequest;
        var usage = new ServerUsage(server.Process.Id, server.Place.Data);
        Prepared ahead = Prepare(requests, () => new SpanRequests(spans).Make);
        double before = usage.Cpu(), sealedBefore = await SealedRows(server);
        long diskBefore = usage.DiskBytes();
        LoadResult load = OtlpLoad.Run(server.Place.OtlpHttpPort, requests, usage, ahead.Sender);
        await usage.Settle();
        double millions = sent / 1e6;
        double sealedRows = await SealedRows(server) - sealedBefore, disk = usage.DiskBytes() - diskBefore;
        return
        [
            Rounded("spans: CPU per million, settled", (usage.Cpu() - before) / millions, "s") with { AtMost = 8, Tempo = 36.2 },
            Rounded("spans: 4 connections, fsync on", sent / load.Seconds, "spans/s") with { Tempo = 72_916 },
            Rounded("spans: request p99", Figures.Percentile(load.Latencies, 99), "ms") with { Tempo = 171 },
            Rounded("spans: disk per span in segments", disk / sealedRows, "B") with { Tempo = 90.6 },
            Rounded("spans: size on the wire", (double)load.Bytes / sent, "B"),
        ];
    }

    private static async Task<List<LogsFigure>> Queries(ServerPlace place, int records, int spans)
    {
        LogTruth truth = LogTruth.Of(records);
        List<LogCase> cases = [.. new LogQueryList(records, truth).Cases];
        if (spans > 0)
            cases.Add(LogQueryList.Trace(spans));
        bool cold = MachineUsage.DropPageCache();
        await using ServerProcess server = await ServerProcess.Start(place);
        var usage = new ServerUsage(server.Process.Id, place.Data);
        double busy = MachineUsage.Busy() - usage.Cpu() - OtlpLoad.Own();
        var clock = Stopwatch.StartNew();
        List<LogTiming> timings = await LogQueryRuns.Run(server, cases);
        double others = (MachineUsage.Busy() - usage.Cpu() - OtlpLoad.Own() - busy) / clock.Elapsed.TotalSeconds / Environment.ProcessorCount;
        double peak = usage.Megabytes("VmHWM");
        await server.Stop();
        return
        [
            .. timings.SelectMany(t => LogsReport.Of(t, cold)), Rounded("RSS peak of the queries", peak, "MB"),
            Rounded("CPU used by others during the queries", others * 100, "%"),
        ];
    }

    /// <summary>Makes the first requests ahead, with all cores, and counts what making one costs.</summary>
    private static Prepared Prepare(int requests, Func<Func<int, ArraySegment<byte>>> generator)
    {
        int size = generator()(0).Count;
        long room = Math.Min(AheadBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5);
        var made = new byte[Math.Min(requests, (int)(room / size))][];
        double before = OtlpLoad.Own();
        int next = 0;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            Func<int, ArraySegment<byte>> source = generator();
            for (int i = Interlocked.Increment(ref next) - 1; i < made.Length; i = Interlocked.Increment(ref next) - 1)
                made[i] = source(i).ToArray();
        });
        double perRequest = (OtlpLoad.Own() - before) / made.Length;
        return new Prepared(perRequest, () =>
        {
            Func<int, ArraySegment<byte>>? source = null;
            return request => request < made.Length ? made[request] : (source ??= generator())(request);
        });
    }

    /// <summary>What is in segments; the newest records are in memory and in the write-ahead log only.</summary>
    private static async Task<double> SealedRows(ServerProcess server)
    {
        string metrics = await server.Http.GetStringAsync("metrics");
        Match found = Regex.Match(metrics, @"^tocsin_storage_sealed_rows_total (\S+)$", RegexOptions.Multiline);
        return found.Success
            ? double.Parse(found.Groups[1].Value)
            : throw new InvalidOperationException("/metrics does not tell how many rows are sealed");
    }

    private static LogsFigure Rounded(string name, double value, string unit) =>
        new(name, double.IsFinite(value) ? Math.Round(value, 2) : null, unit);

    private static string? Option(string[] arguments, string name) => arguments.SkipWhile(a => a != name).Skip(1).FirstOrDefault();

    private sealed record Prepared(double CpuPerRequest, Func<Func<int, ArraySegment<byte>>> Sender);
}
