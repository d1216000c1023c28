using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Bench.Sdk;

/// <summary>A fixed rate while the server is killed and comes back: all must have arrived in the end.</summary>
internal static class OutageSuite
{
    public static async Task<List<Figure>> Run(string[] arguments)
    {
        int seconds = SdkSuites.Option(arguments, "--seconds", 60), rate = SdkSuites.Option(arguments, "--rate", 2000);
        using var place = new ServerPlace();
        ServerProcess server = await ServerProcess.Start(place);
        try
        {
            int records = rate * (seconds + 20);
            string service = "outage" + Guid.NewGuid().ToString("N")[..8];
            using var application = BenchChild.Start(server.Url, Path.Combine(place.Folder, "state"), service, "burst", $"{records}", $"{rate}");
            await Task.Delay(TimeSpan.FromSeconds(10));
            await server.Kill();
            await server.DisposeAsync();
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            server = await ServerProcess.Start(place);
            JsonElement result = await application.Result();
            int delivered = await BenchChild.Different(server, service);
            return
            [
                new($"{rate}/s, server away {seconds} s: delivered", 100.0 * delivered / records, "%", AtLeast: 100),
                new("dropped", result.GetProperty("dropped").GetInt64(), "records", AtMost: 0),
                new("peak memory of the application", result.GetProperty("peakMiB").GetDouble(), "MiB"),
            ];
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
