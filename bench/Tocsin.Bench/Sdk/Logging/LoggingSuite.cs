using System.Diagnostics;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Perfolizer.Horology;

namespace Tocsin.Bench.Sdk.Logging;

/// <summary>Logging side by side with the libraries people use; with its targets.</summary>
internal static class LoggingSuite
{
    private const int Records = 1_000_000;

    public static Task<List<Figure>> Run(string[] arguments)
    {
        bool quick = arguments.Contains("--quick");
        List<Figure> figures = [.. Throughput(quick ? Records / 5 : Records)];
        figures.AddRange(CallSiteFigures(quick));
        return Task.FromResult(figures);
    }

    /// <summary>Events per second from the first call until every record is in the file and the library closed.</summary>
    private static IEnumerable<Figure> Throughput(int records)
    {
        foreach (int threads in (int[])[1, 4, 16])
        {
            // OpenTelemetry drops what its queue cannot hold and so has no rate of its own to compare.
            Dictionary<string, double> rates = Contender.Names.Where(n => n != "otel").ToDictionary(n => n, n => Rate(n, threads, records));
            double best = rates.Where(r => r.Key != "tocsin").Max(r => r.Value);
            foreach ((string name, double rate) in rates)
                yield return new Figure($"{threads} thread(s), end to end: {name}", rate / 1000, "k events/s",
                    AtLeast: name != "tocsin" ? null : threads == 1 ? Math.Max(1400, best / 1000) : best / 1000);
        }
    }

    private static double Rate(string name, int threads, int records)
    {
        double best = 0;
        for (int round = 0; round < 3; round++)
        {
            string folder = Directory.CreateTempSubdirectory("tocsin-bench-").FullName;
            using var go = new ManualResetEventSlim();
            Contender contender = Contender.New(name, folder);
            Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                go.Wait();
                for (int i = 0; i < records / threads; i++)
                    CallSites.Shipped(contender.Log, i, "Ann Example", 12.5);
            }))];
            Array.ForEach(workers, w => w.Start());
            var clock = Stopwatch.StartNew();
            go.Set();
            Array.ForEach(workers, w => w.Join());
            contender.Dispose();
            double rate = records / clock.Elapsed.TotalSeconds;
            int written = Directory.EnumerateFiles(folder).Where(f => Path.GetFileName(f)[0] != '.').Sum(CountLines);
            Directory.Delete(folder, recursive: true);
            if (records * 420L < 400_000_000 && written < records / threads * threads)
                Console.Error.WriteLine($"{name}: {written:N0} of {records:N0} records are in the file");
            best = Math.Max(best, rate);
        }
        return best;
    }

    private static int CountLines(string file) => File.ReadLines(file).Count();

    private static List<Figure> CallSiteFigures(bool quick)
    {
        Job job = Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithWarmupCount(2)
            .WithIterationCount(quick ? 3 : 10).WithIterationTime(TimeInterval.FromMilliseconds(quick ? 150 : 500));
        ManualConfig config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance).WithOptions(ConfigOptions.DisableOptimizationsValidator)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "tocsin-bench-artifacts"));
        Summary summary = BenchmarkRunner.Run<CallSites>(config);
        var measured = summary.Reports.Where(r => r.ResultStatistics is not null).Select(r => (
            Scenario: r.BenchmarkCase.Descriptor.WorkloadMethod.Name,
            Library: (string)r.BenchmarkCase.Parameters["Library"],
            Nanoseconds: r.ResultStatistics!.Median,
            Bytes: (double)(r.GcStats.GetBytesAllocatedPerOperation(r.BenchmarkCase) ?? 0))).ToList();
        var figures = new List<Figure>();
        foreach (var m in measured.OrderBy(m => m.Scenario, StringComparer.Ordinal))
        {
            double bestOther = measured.Where(o => o.Scenario == m.Scenario && o.Library is not ("tocsin" or "bare framework")).Min(o => o.Nanoseconds);
            double bare = measured.First(o => o.Scenario == m.Scenario && o.Library == "bare framework").Nanoseconds;
            (double? ns, double? bytes) = (m.Library, m.Scenario) switch
            {
                ("tocsin", "Off") => (bare * 1.1 + 0.5, 0),
                ("tocsin", "Props3") => (600, 64),
                ("tocsin", _) => (bestOther, (double?)null),
                _ => (default(double?), default(double?)),
            };
            figures.Add(new Figure($"{m.Scenario}: {m.Library}", m.Nanoseconds, "ns", AtMost: ns));
            figures.Add(new Figure($"{m.Scenario}: {m.Library}", m.Bytes, "B", AtMost: bytes));
        }
        return figures;
    }
}
