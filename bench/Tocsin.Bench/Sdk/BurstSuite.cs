using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Bench.Sdk;

/// <summary>
/// As many records at once as the process can make, and a steady 100,000 a second: every record arrives, or is counted
/// as dropped; the steady ones all arrive.
/// </summary>
internal static class BurstSuite
{
    public static async Task<List<Figure>> Run(string[] arguments)
    {
        int records = SdkSuites.Option(arguments, "--records", 1_000_000);
        int seconds = SdkSuites.Option(arguments, "--seconds", 10);
        using var place = new ServerPlace();
        await using ServerProcess server = await ServerProcess.Start(place);
        var figures = new List<Figure>();
        figures.AddRange(await Measure(server, place, $"burst of {records:#,0}", records, ["burst", $"{records}", "0"]));
        int steady = 100_000 * seconds;
        List<Figure> paced = await Measure(server, place, $"100k/s for {seconds} s", steady, ["burst", $"{steady}", "100000"]);
        figures.AddRange(paced);
        return figures;
    }

    private static async Task<List<Figure>> Measure(ServerProcess server, ServerPlace place, string name, int records, string[] child)
    {
        string service = "burst" + Guid.NewGuid().ToString("N")[..8];
        using var application = BenchChild.Start(server.Url, Path.Combine(place.Folder, "state"), service, child);
        JsonElement result = await application.Result();
        long delivered = await BenchChild.Delivered(server, service);
        long dropped = result.GetProperty("dropped").GetInt64();
        bool paced = child[^1] != "0";
        return
        [
            new($"{name}: logging calls", records / result.GetProperty("logSeconds").GetDouble() / 1000, "k/s"),
            new($"{name}: to the last answer", result.GetProperty("allSeconds").GetDouble(), "s"),
            new($"{name}: delivered", delivered, "records", AtLeast: paced ? records : null),
            new($"{name}: dropped and counted", dropped, "records", AtMost: paced ? 0 : null),
            new($"{name}: neither", records - delivered - dropped, "records", AtMost: 0),
        ];
    }
}
