using System.Diagnostics;
using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Cli.Tests.Tailing;

/// <summary>Real processes: a server and `tocsin tail-file`, both killed in the middle, while files grow and rotate.</summary>
public sealed class TailFileProcessTests
{
    private const int Records = 2000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Nothing_is_lost_when_either_side_is_killed()
    {
        using var place = new ServerPlace();
        string log = Path.Combine(place.Folder, "app.log");
        File.WriteAllText(log, "");
        ServerProcess server = await ServerProcess.Start(place);
        Process tail = Start(server, place, log + "*");
        try
        {
            for (int i = 0; i < Records; i++)
            {
                File.AppendAllText(log, $"{{\"time\":\"{DateTime.UtcNow:O}\",\"level\":\"info\",\"message\":\"record {i}\",\"n\":{i}}}\n");
                if (i % 500 == 300)
                    File.Move(log, $"{log}.{i}");
                if (i is 400 or 1400)
                {
                    await Kill(tail);
                    tail = Start(server, place, log + "*");
                }
                if (i == 1000)
                {
                    await server.Kill();
                    await server.DisposeAsync();
                    server = await ServerProcess.Start(place);
                }
            }
            HashSet<int> found = [];
            var waited = Stopwatch.StartNew();
            while (found.Count < Records && waited.Elapsed < s_patience)
                found = await Found(server);
            Enumerable.Range(0, Records).Except(found).ShouldBeEmpty();
        }
        finally
        {
            await Kill(tail);
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_file_is_imported_with_every_field()
    {
        using var place = new ServerPlace();
        await using ServerProcess server = await ServerProcess.Start(place);
        string clef = Path.Combine(place.Folder, "app.clef"), text = Path.Combine(place.Folder, "shop.log");
        File.WriteAllText(clef, $"{{\"@t\":\"{DateTime.UtcNow:O}\",\"@mt\":\"Order {{N}} failed\",\"@l\":\"Error\",\"N\":42}}\n");
        File.WriteAllText(text, $"{DateTime.Now:yyyy-MM-dd HH:mm:ss,fff} ERROR payment failed\njava.lang.RuntimeException: x\n\tat a.B(C.java:1)\n");
        using Process tail = Start(server, place, clef, text, "--once");
        await tail.WaitForExitAsync().WaitAsync(s_patience);
        tail.ExitCode.ShouldBe(0);
        JsonElement one = (await server.Get("logs?q=level:error N:42")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        one.GetProperty("body").GetString().ShouldBe("Order 42 failed");
        one.GetProperty("attributes").GetProperty("log.record.template").GetString().ShouldBe("Order {N} failed");
        one.GetProperty("resource").GetProperty("log.file.path").GetString().ShouldBe(clef);
        JsonElement two = (await server.Get("logs?q=level:error service:shop")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        two.GetProperty("body").GetString()!.ShouldEndWith("ERROR payment failed\njava.lang.RuntimeException: x\n\tat a.B(C.java:1)");
        (DateTimeOffset.UtcNow - DateTimeOffset.Parse(two.GetProperty("time").GetString()!)).Duration().ShouldBeLessThan(s_patience);
    }

    private static Process Start(ServerProcess server, ServerPlace place, params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet",
        [Repository.Tocsin, "tail-file", .. arguments, "--url", server.Url, "--state-dir", Path.Combine(place.Folder, "state")])
    {
        WorkingDirectory = place.Folder,
    })!;

    private static async Task Kill(Process process)
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
    }

    private static async Task<HashSet<int>> Found(ServerProcess server)
    {
        HashSet<int> found = [];
        for (string? cursor = ""; cursor is not null;)
        {
            JsonElement page = await server.Get($"logs?from=-1h&limit=1000&cursor={cursor}");
            foreach (JsonElement item in page.GetProperty("items").EnumerateArray())
                found.Add(item.GetProperty("attributes").GetProperty("n").GetInt32());
            cursor = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }
        return found;
    }
}
