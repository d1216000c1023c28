using System.Diagnostics;

namespace Tocsin.Bench.Sdk;

/// <summary>
/// What watching costs an empty ASP.NET Core endpoint: requests per second, latency and the server's own processor time
/// with nothing, OpenTelemetry, Tocsin. One child process each, all alive, loaded in turn from this process over
/// loopback, so that a machine getting slower meets all of them alike; a figure is the median of its rounds.
/// </summary>
internal static class AspNet
{
    private const int Connections = 16;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(8);

    private static async Task<List<Figure>> Measure(string[] kinds, int rounds, TimeSpan each)
    {
        using var sink = await AspNetServer.Sink();
        var servers = new List<AspNetServer>();
        try
        {
            foreach (var kind in kinds)
                servers.Add(await AspNetServer.Start(kind, sink.Url));
            foreach (var server in servers)
                await HttpLoad.Run(server.Port, Connections, s_warmUp);
            var runs = servers.ToDictionary(s => s.Kind, _ => new List<Round>());
            for (int i = 0; i < rounds; i++)
                foreach (var server in servers)
                    runs[server.Kind].Add(await One(server, each));
            return Compare(runs);
        }
        finally
        {
            servers.ForEach(s => s.Dispose());
        }
    }

    /// <summary>--only KIND measures one kind alone, for a profiler.</summary>
    public static async Task<List<Figure>> Run(string[] arguments)
    {
        string[] only = [.. arguments.SkipWhile(a => a != "--only").Skip(1).Take(1)];
        TimeSpan each = TimeSpan.FromSeconds(arguments.Contains("--quick") ? 2 : SdkSuites.Option(arguments, "--each", 5));
        return await Measure(only.Length > 0 ? only : AspNetServer.Kinds, rounds: 5, each);
    }

    private static async Task<Round> One(AspNetServer server, TimeSpan each)
    {
        var before = server.ProcessorTime;
        var (requests, elapsed, latencies) = await HttpLoad.Run(server.Port, Connections, each);
        return new Round(
            requests / elapsed.TotalSeconds, Figures.Percentile(latencies, 50), Figures.Percentile(latencies, 99),
            (server.ProcessorTime - before).TotalMicroseconds / requests);
    }

    private static List<Figure> Compare(Dictionary<string, List<Round>> runs)
    {
        var figures = new List<Figure>();
        var bare = runs.GetValueOrDefault(AspNetServer.Kinds[0]);
        foreach (var (kind, rounds) in runs)
        {
            figures.Add(new($"{kind}: requests per second", Median(rounds, r => r.PerSecond), "/s"));
            figures.Add(new($"{kind}: latency p50", Median(rounds, r => r.P50), "µs"));
            figures.Add(new($"{kind}: latency p99", Median(rounds, r => r.P99), "µs"));
            figures.Add(new($"{kind}: processor time of the server per request", Median(rounds, r => r.Processor), "µs"));
            if (bare is null || rounds == bare)
                continue;
            // Each round against its neighbour in time.
            bool ours = kind == "tocsin";
            figures.Add(new($"{kind}: requests per second, lost", Median(rounds.Zip(bare, (r, b) => (1 - r.PerSecond / b.PerSecond) * 100)),
                "%", AtMost: ours ? 5 : null));
            figures.Add(new($"{kind}: latency p99, added", Median(rounds.Zip(bare, (r, b) => (r.P99 / b.P99 - 1) * 100)),
                "%", AtMost: ours ? 10 : null));
        }
        return figures;
    }

    private static double Median(List<Round> rounds, Func<Round, double> of) => Median(rounds.Select(of));

    private static double Median(IEnumerable<double> values) => Figures.Percentile(values, 50);

    private sealed record Round(double PerSecond, double P50, double P99, double Processor);
}
