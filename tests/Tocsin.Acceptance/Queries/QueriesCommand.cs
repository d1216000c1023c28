using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tocsin.Query.Tests.Naive;

namespace Tocsin.Acceptance.Queries;

/// <summary>
/// Random queries over random records, each compared as a whole with what a second, plain implementation answers. One case is one
/// query over one set of records. Every set has a seed of its own, so that it can be tried again alone.
/// </summary>
internal static class QueriesCommand
{
    private const int MostFailures = 5;

    private static readonly (string Group, IReadOnlyList<string> Kinds)[] s_kinds = [.. PlanKinds.All, QuerySet.Columns];

    public static int Run(string[] arguments)
    {
        long cases = long.Parse(Option(arguments, "--cases") ?? "1000000", CultureInfo.InvariantCulture);
        double minutes = double.Parse(Option(arguments, "--minutes") ?? "1000000", CultureInfo.InvariantCulture);
        int first = int.Parse(Option(arguments, "--seed") ?? $"{Environment.TickCount & 0x3FFFFFFF}", CultureInfo.InvariantCulture);
        int sets = int.Parse(Option(arguments, "--sets") ?? $"{int.MaxValue}", CultureInfo.InvariantCulture);
        bool json = arguments.Contains("--json");
        // The naive evaluator asks the same few expressions again and again.
        Regex.CacheSize = 2000;
        using var folder = new ScratchFolder();
        var tally = new Tally();
        var clock = Stopwatch.StartNew();
        int next = -1;
        bool IsOver() => tally.Cases >= cases || clock.Elapsed.TotalMinutes >= minutes || tally.Failures.Count >= MostFailures;
        void Work()
        {
            for (int set = Interlocked.Increment(ref next); set < sets && !IsOver(); set = Interlocked.Increment(ref next))
                tally.Add(QuerySet.Run(unchecked(first + set), folder.Path, IsOver));
        }

        Thread[] workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(i => new Thread(Work) { Name = $"queries-{i}" })];
        foreach (Thread worker in workers)
            worker.Start();
        TextWriter progress = json ? Console.Error : Console.Out;
        progress.WriteLine($"queries: seed {first}, {workers.Length} threads");
        for (int seconds = 1; workers.Any(w => !w.Join(TimeSpan.FromSeconds(0.5))); seconds++)
        {
            if (seconds % 20 == 0)
                progress.WriteLine($"{clock.Elapsed:mm\\:ss}  {tally.Cases:N0} cases over {tally.Sets:N0} sets of records, {tally.Failures.Count} failures");
        }
        (string Group, string Kind)[] missing =
            [.. s_kinds.SelectMany(g => g.Kinds.Select(k => (g.Group, k))).Where(k => tally.Of(k) == 0)];
        // So few cases that chance leaves something out are no proof of anything.
        bool isRepeat = sets < int.MaxValue;
        if (json)
            Console.WriteLine(AsJson(tally, clock.Elapsed, first, missing));
        else
            Print(tally, clock.Elapsed, missing);
        return tally.Failures.Count > 0 || missing.Length > 0 && !isRepeat ? 1 : 0;
    }

    private static void Print(Tally tally, TimeSpan took, (string Group, string Kind)[] missing)
    {
        foreach ((string group, IReadOnlyList<string> kinds) in s_kinds)
        {
            Console.WriteLine($"\n{group,-36}{"cases",12}");
            foreach (string kind in kinds)
                Console.WriteLine($"  {kind,-34}{tally.Of((group, kind)),12:N0}{(tally.Of((group, kind)) == 0 ? "  missing" : "")}");
        }
        Console.WriteLine($"\n{"records",-36}{"sets",12}");
        foreach ((string form, long count) in tally.Forms)
            Console.WriteLine($"  {form,-34}{count,12:N0}");
        foreach (string failure in tally.Failures)
            Console.WriteLine($"\nFAILED\n{failure}");
        Console.WriteLine($"\n{tally.Cases:N0} cases over {tally.Sets:N0} sets of records in {took:hh\\:mm\\:ss} ({tally.Cases / took.TotalSeconds:N0} a second), "
            + $"{tally.Failures.Count} failures, {missing.Length} kinds missing");
    }

    private static string AsJson(Tally tally, TimeSpan took, int seed, (string Group, string Kind)[] missing) => JsonSerializer.Serialize(new
    {
        cases = tally.Cases,
        sets = tally.Sets,
        seconds = Math.Round(took.TotalSeconds, 1),
        seed,
        kinds = s_kinds.ToDictionary(g => g.Group, g => g.Kinds.ToDictionary(k => k, k => tally.Of((g.Group, k)))),
        records = tally.Forms.ToDictionary(f => f.Form, f => f.Count),
        missing = missing.Select(m => $"{m.Group}: {m.Kind}"),
        failures = tally.Failures,
    });

    private static string? Option(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;

    private sealed class ScratchFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("tocsin-queries-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
