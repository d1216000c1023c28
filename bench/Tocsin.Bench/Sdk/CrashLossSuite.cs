using Tocsin.Testing.Processes;

namespace Tocsin.Bench.Sdk;

/// <summary>A child logs numbered lines and dies; what can be read afterwards, of its files or at the server, survived.</summary>
internal static class CrashLossSuite
{
    private static readonly string[] s_deaths = ["sigkill", "failfast", "throw", "stackoverflow", "exit"];

    public static async Task<List<Figure>> Run(string[] arguments)
    {
        int lines = SdkSuites.Option(arguments, "--lines", 20_000);
        using var place = new ServerPlace();
        await using ServerProcess server = await ServerProcess.Start(place);
        var figures = new List<Figure>();
        foreach (string death in s_deaths)
        {
            double best = double.MaxValue;
            foreach (string library in Loggers.Competitors)
            {
                double lost = lines - await Survived(server, place, library, death, lines);
                best = Math.Min(best, lost);
                figures.Add(new($"{death}: {library}", lost, "lines lost"));
            }
            double own = lines - await Survived(server, place, "tocsin", death, lines);
            figures.Add(new($"{death}: tocsin", own, "lines lost", AtMost: death == "sigkill" ? 0 : best));
        }
        return figures;
    }

    private static async Task<int> Survived(ServerProcess server, ServerPlace place, string library, string death, int lines)
    {
        string service = $"{library}-{death}", state = Path.Combine(place.Folder, "state");
        string file = Path.Combine(place.Folder, service + ".log");
        using (var child = BenchChild.Start(server.Url, state, service, "lines", library, death, $"{lines}", file))
            await child.End();
        if (library == "tocsin")
            using (var next = BenchChild.Start(server.Url, state, service, "adopt"))
                await next.End();
        if (!Loggers.WritesFile(library))
            return await BenchChild.Different(server, service);
        return File.Exists(file) ? File.ReadLines(file).Count(l => l.Contains("numbered", StringComparison.Ordinal)) : 0;
    }
}
