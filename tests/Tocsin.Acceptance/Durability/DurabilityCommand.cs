using System.Diagnostics;
using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Durability;

/// <summary>
/// Kills the server with SIGKILL at random moments while clients write, restarts it, and in the end accounts for every
/// record: at least as many copies as acknowledgements, at most as many as requests that carried it. Then harms closed
/// files on purpose and checks that the damage is told and the rest is served.
/// </summary>
internal static class DurabilityCommand
{
    private const int Writers = 4;

    public static async Task<int> Run(string[] arguments)
    {
        int cycles = int.Parse(Option(arguments, "--cycles") ?? "100");
        int seed = int.Parse(Option(arguments, "--seed") ?? $"{Environment.TickCount & 0xFFFF}");
        Console.WriteLine($"durability: {cycles} cycles, {Writers} writers, seed {seed}");
        var random = new Random(seed);
        using var place = new ServerPlace();
        var clock = Stopwatch.StartNew();
        Writer[] writers = [.. Enumerable.Range(0, Writers).Select(n => new Writer(n, () => $"http://127.0.0.1:{place.HttpPort}"))];
        using (var stop = new CancellationTokenSource())
        {
            Task[] running = [.. writers.Select(w => Task.Run(() => w.Run(stop.Token)))];
            for (int cycle = 1; cycle <= cycles; cycle++)
            {
                await using ServerProcess server = await ServerProcess.Start(place);
                await Task.Delay(random.Next(20, 900));
                await server.Kill();
                if (cycle % 20 == 0)
                    Console.WriteLine($"  {cycle} kills, {writers.Sum(w => w.Records.Count)} records, {clock.Elapsed:m\\:ss}");
            }
            await using ServerProcess last = await ServerProcess.Start(place);
            await Task.Delay(500);
            await stop.CancelAsync();
            await Task.WhenAll(running);
            if (!await Account(last, writers))
                return 1;
            await last.Stop();
        }
        return await Damage.Check(place, random) ? 0 : 1;
    }

    private static async Task<bool> Account(ServerProcess server, Writer[] writers)
    {
        Dictionary<string, int> found = await ReadAll(server);
        int lost = 0, surplus = 0, invented = 0, acknowledged = 0;
        foreach (Writer writer in writers)
        {
            foreach ((string name, (int acks, int sent)) in writer.Records)
            {
                int copies = found.GetValueOrDefault(name);
                acknowledged += acks;
                lost += Math.Max(0, acks - copies);
                surplus += Math.Max(0, copies - sent);
                found.Remove(name);
            }
        }
        invented = found.Count;
        int bad500 = writers.Sum(w => w.Refusals.GetValueOrDefault(500));
        Console.WriteLine($"  requests {writers.Sum(w => w.Requests)}, broken by a kill {writers.Sum(w => w.Failures)}, "
            + $"refused {string.Join(", ", writers.SelectMany(w => w.Refusals).GroupBy(r => r.Key).Select(g => $"{g.Key} x {g.Sum(r => r.Value)}"))}");
        Console.WriteLine($"  acknowledged records {acknowledged}, lost {lost}, more copies than requests {surplus}, never sent {invented}, status 500 {bad500}");
        bool clean = lost == 0 && surplus == 0 && invented == 0 && bad500 == 0;
        Console.WriteLine(clean ? "  MET: every acknowledged record is there" : "  MISSED");
        return clean;
    }

    internal static async Task<Dictionary<string, int>> ReadAll(ServerProcess server)
    {
        var found = new Dictionary<string, int>();
        string cursor = "";
        do
        {
            JsonElement page = await server.Get($"logs?from=-24h&to=now&limit=5000&cursor={Uri.EscapeDataString(cursor)}");
            foreach (JsonElement item in page.GetProperty("items").EnumerateArray())
            {
                string name = item.GetProperty("body").GetString()!;
                found[name] = found.GetValueOrDefault(name) + 1;
            }
            cursor = page.TryGetProperty("next", out JsonElement next) && next.ValueKind == JsonValueKind.String ? next.GetString()! : "";
        }
        while (cursor.Length > 0);
        return found;
    }

    internal static string? Option(string[] arguments, string name) =>
        arguments.SkipWhile(a => a != name).Skip(1).FirstOrDefault();
}
