using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Durability;

/// <summary>
/// Harms the files of a stopped server: a torn log tail, flipped bits, a deleted segment. The server must start, say what is
/// damaged, and serve the rest; a torn tail alone (what a kill leaves) must lose nothing that was acknowledged.
/// </summary>
internal static class Damage
{
    public static async Task<bool> Check(ServerPlace place, Random random)
    {
        int before;
        await using (ServerProcess server = await ServerProcess.Start(place))
        {
            before = (await DurabilityCommand.ReadAll(server)).Values.Sum();
            await server.Kill();
        }
        bool torn = await Try(place, "garbage after the log's end", before, before, () => AppendGarbage(place, random));
        bool flipped = await Try(place, "a flipped bit in a sealed segment", before, null, () => Flip(place, random));
        bool deleted = await Try(place, "a deleted segment", before, null, () => DeleteOne(place));
        return torn && flipped && deleted;
    }

    private static async Task<bool> Try(ServerPlace place, string what, int before, int? expected, Func<string?> harm)
    {
        if (harm() is not { } file)
        {
            Console.WriteLine($"  {what}: MISSED, there is no file to harm");
            return false;
        }
        await using ServerProcess server = await ServerProcess.Start(place);
        int after = (await DurabilityCommand.ReadAll(server)).Values.Sum();
        string metrics = await server.Http.GetStringAsync("metrics");
        HttpResponseMessage health = await server.Http.GetAsync("health/detailed");
        JsonElement detail = JsonSerializer.Deserialize<JsonElement>(await health.Content.ReadAsStringAsync());
        string storage = detail.GetProperty("checks").GetProperty("storage").GetRawText();
        bool told = expected == before || storage.Contains("damage", StringComparison.OrdinalIgnoreCase);
        bool met = (expected is null ? after < before || told : after == expected) && told;
        Console.WriteLine($"  {what} ({Path.GetFileName(file)}): {after} of {before} records served, health says {storage}: {(met ? "MET" : "MISSED")}");
        await server.Stop();
        return met;
    }

    private static string? AppendGarbage(ServerPlace place, Random random)
    {
        string? last = Files(place, "wal").Order(StringComparer.Ordinal).LastOrDefault();
        if (last is null)
            return null;
        byte[] garbage = new byte[random.Next(1, 3000)];
        random.NextBytes(garbage);
        using FileStream file = new(last, FileMode.Append);
        file.Write(garbage);
        return last;
    }

    private static string? Flip(ServerPlace place, Random random)
    {
        string? largest = Files(place, "events").Where(f => f.EndsWith(".seg", StringComparison.Ordinal)).MaxBy(f => new FileInfo(f).Length);
        if (largest is null)
            return null;
        byte[] bytes = File.ReadAllBytes(largest);
        bytes[bytes.Length / 2] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(largest, bytes);
        return largest;
    }

    private static string? DeleteOne(ServerPlace place)
    {
        string? one = Files(place, "events").Where(f => f.EndsWith(".seg", StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (one is not null)
            File.Delete(one);
        return one;
    }

    private static IEnumerable<string> Files(ServerPlace place, string folder)
    {
        string path = Path.Combine(place.Data, folder);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [];
    }
}
