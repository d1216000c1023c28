using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Crashes;

/// <summary>
/// Processes by the hundred in which several threads crash at the same moment, a few processes at a time. Each must
/// leave one complete record: half of them send it to a real server, half find no server and leave it on disk.
/// </summary>
internal static class CrashSoakCommand
{
    /// <summary>What the threads do, besides throwing (tests/Tocsin.Sdk.Crasher, class Soak).</summary>
    private static readonly string[] s_ways = ["plain", "deep", "mute", "starved", "exit"];

    public static async Task<int> Run(string[] arguments)
    {
        int runs = Number(arguments, "--runs", 1000);
        int atOnce = Number(arguments, "--at-once", Environment.ProcessorCount + 1);
        int threads = Number(arguments, "--threads", 4);
        bool json = arguments.Contains("--json");
        using var place = new ServerPlace("alerts: {\"rate_limit\": {\"max_alerts\": 1}}");
        await using ServerProcess server = await ServerProcess.Start(place);
        string folder = Directory.CreateTempSubdirectory("tocsin-soak-").FullName;
        var clock = Stopwatch.StartNew();
        var outcomes = new SoakOutcome[runs];
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, runs), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) =>
            {
                var run = new SoakRun(s_ways[i % s_ways.Length], threads, i, folder, i % 2 == 0 ? server : null);
                outcomes[i] = await run.Go();
                if (!json && outcomes[i].Problem is { } problem)
                    Console.Error.WriteLine($"  run {i} {run.Way}: {problem}");
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return Print(outcomes, threads, clock.Elapsed, json);
    }

    private static int Print(SoakOutcome[] outcomes, int threads, TimeSpan took, bool json)
    {
        int complete = outcomes.Count(o => o.Problem is null);
        bool met = complete == outcomes.Length;
        var rows = outcomes.GroupBy(o => (o.Way, o.ToServer)).OrderBy(g => g.Key).Select(g => new
        {
            way = g.Key.Way, record = g.Key.ToServer ? "server" : "disk", runs = g.Count(), complete = g.Count(o => o.Problem is null),
            medianMs = At(g, 0.5), p95Ms = At(g, 0.95),
        }).ToArray();
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                runs = outcomes.Length, complete, threads, seconds = took.TotalSeconds, rows, met,
                problems = outcomes.Select(o => o.Problem).OfType<string>().Take(20),
            }));
            return met ? 0 : 1;
        }
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("threads die", "record on", "runs", "complete", "start to end, median", "p95");
        foreach (var row in rows)
            table.AddRow(row.way, row.record, $"{row.runs}", $"{row.complete}", $"{row.medianMs:0} ms", $"{row.p95Ms:0} ms");
        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{outcomes.Length} processes with {threads} threads crashing at once, {took.TotalSeconds:0} s: complete records {complete}, target {outcomes.Length}: {(met ? "MET" : "MISSED")}"));
        return met ? 0 : 1;
    }

    private static double At(IEnumerable<SoakOutcome> outcomes, double share)
    {
        double[] sorted = [.. outcomes.Select(o => o.Milliseconds).Order()];
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }

    private static int Number(string[] arguments, string name, int otherwise) =>
        arguments.SkipWhile(a => a != name).Skip(1).FirstOrDefault() is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
