using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Deaths;

/// <summary>
/// Every way to die x (supervised, SDK only, both) against a real server with a real webhook: the class found, one record
/// only, and the time from the death of the process to the arrival of the notification. Then twenty clean stops.
/// </summary>
internal static class DeathsCommand
{
    private const double SupervisedLimitMs = 1000;
    private const int CleanStops = 20;

    public static async Task<int> Run(string[] arguments)
    {
        string? only = arguments.SkipWhile(a => a != "--only").Skip(1).FirstOrDefault();
        await using WebhookReceiver hook = await WebhookReceiver.Start();
        using var place = new ServerPlace($"""
            network: {JsonSerializer.Serialize(new { allow = new[] { "127.0.0.0/8" } })}
            alerts: {JsonSerializer.Serialize(new { rate_limit = new { max_alerts = 10_000 } })}
            channels:
              - name: hook
                kind: webhook
                url: {hook.Url}
            """);
        await using ServerProcess server = await ServerProcess.Start(place);
        var outcomes = new List<Outcome>();
        foreach (Way way in Way.All.Where(w => only is null || w.Kind == only))
        {
            foreach (Mode mode in Enum.GetValues<Mode>().Where(way.Applies))
            {
                Outcome outcome = await Try(way, mode, server, hook);
                outcomes.Add(outcome);
                if (!arguments.Contains("--json"))
                    Console.Error.WriteLine($"  {way.Kind,-16} {mode,-10} {outcome.Found ?? "-",-16} {outcome.LatencyMs,6:0} ms  {(outcome.Right ? "" : "WRONG: " + outcome.Problem)}");
            }
        }
        int falseAlarms = only is null ? await StopCleanly(server) : 0;
        return Print(outcomes, falseAlarms, arguments.Contains("--json"));
    }

    private static async Task<Outcome> Try(Way way, Mode mode, ServerProcess server, WebhookReceiver hook)
    {
        string service = $"{way.Kind}-{mode}-{Guid.NewGuid().ToString("N")[..6]}".ToLowerInvariant();
        string state = Directory.CreateTempSubdirectory("tocsin-deaths-").FullName;
        using ControlGroup? group = way.MemoryLimit is { } limit ? ControlGroup.Create(limit) : null;
        if (way.MemoryLimit is not null && group is null)
            return new Outcome(way.Kind, mode, way.Expected(mode), null, null, 0) { Skipped = "this machine lets nobody make a memory control group" };
        string[] program = way.Command ?? ["dotnet", Repository.Built("tests/Tocsin.Sdk.Crasher", "Tocsin.Sdk.Crasher.dll"), way.Kind];
        string? expected = way.Expected(mode);
        Task<string> told = hook.Next($"\"service\":\"{service}\"");
        DateTimeOffset? died;
        using (Victim victim = Victim.Start(program, mode, service, server.Url, state, way.Variables, group))
        {
            if (way.Signal != 0)
            {
                await Task.Delay(2500);
                victim.Signal(way.Signal);
            }
            died = victim.AwaitDeath(way.Lives ? TimeSpan.FromMilliseconds(expected is null ? 8000 : 1) : TimeSpan.FromSeconds(40));
            if (way.Lives && expected is not null)
                await Task.WhenAny(told, Task.Delay(TimeSpan.FromSeconds(25)));
            else if (!(mode == Mode.SdkOnly && way.AtNextStart))
                await Task.WhenAny(told, Task.Delay(TimeSpan.FromSeconds(expected is null ? 2 : 10)));
            if (way.Lives)
                victim.Stop(TimeSpan.FromSeconds(10));
        }
        if (mode == Mode.SdkOnly && way.AtNextStart)
        {
            using Victim next = Victim.Start([.. program[..^1], "clean"], mode, service, server.Url, state, way.Variables);
            await Task.WhenAny(told, Task.Delay(TimeSpan.FromSeconds(15)));
        }
        DateTimeOffset arrived = hook.Received.Where(r => r.Body.Contains($"\"service\":\"{service}\"", StringComparison.Ordinal)).Select(r => r.At).FirstOrDefault();
        await Task.Delay(expected is null ? 0 : 700); // a second record would have arrived by now
        JsonElement groups = (await server.Get($"crashes?service={service}")).GetProperty("items");
        string? found = groups.GetArrayLength() > 0 ? groups[0].GetProperty("class").GetString() : null;
        long records = groups.EnumerateArray().Sum(g => g.GetProperty("count").GetInt64());
        Directory.Delete(state, recursive: true);
        double? latency = died is { } at && arrived != default ? (arrived - at).TotalMilliseconds : null;
        return new Outcome(way.Kind, mode, expected, found, way.Lives ? null : latency, records)
        {
            Delivered = told.IsCompletedSuccessfully, AtNextStart = mode == Mode.SdkOnly && way.AtNextStart, Repeats = way.Repeats,
        };
    }

    private static async Task<int> StopCleanly(ServerProcess server)
    {
        string service = $"clean-{Guid.NewGuid().ToString("N")[..6]}";
        string state = Directory.CreateTempSubdirectory("tocsin-deaths-").FullName;
        for (int i = 0; i < CleanStops; i++)
        {
            Mode mode = (Mode)(i % 3);
            using Victim victim = Victim.Start(
                ["dotnet", Repository.Built("tests/Tocsin.Sdk.Crasher", "Tocsin.Sdk.Crasher.dll"), "wait"], mode, service, server.Url, state, new Dictionary<string, string>());
            await Task.Delay(1500);
            victim.Stop(TimeSpan.FromSeconds(10));
        }
        await Task.Delay(1500);
        JsonElement groups = (await server.Get($"crashes?service={service}")).GetProperty("items");
        Directory.Delete(state, recursive: true);
        return (int)groups.EnumerateArray().Sum(g => g.GetProperty("count").GetInt64());
    }

    private static int Print(List<Outcome> outcomes, int falseAlarms, bool json)
    {
        double[] supervised = [.. outcomes.Where(o => o.Mode != Mode.SdkOnly && o.LatencyMs is not null).Select(o => o.LatencyMs!.Value).Order()];
        double p95 = supervised.Length == 0 ? 0 : supervised[(int)Math.Ceiling(0.95 * supervised.Length) - 1];
        int wrong = outcomes.Count(o => !o.Right);
        bool met = wrong == 0 && p95 <= SupervisedLimitMs && falseAlarms == 0;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                outcomes = outcomes.Select(o => new { way = o.Kind, mode = o.Mode.ToString(), expected = o.Expected, found = o.Found, records = o.Records, latencyMs = o.LatencyMs, right = o.Right, problem = o.Problem, skipped = o.Skipped }),
                supervisedP95Ms = p95, falseAlarmsOfCleanStops = falseAlarms, met,
            }));
            return met ? 0 : 1;
        }
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("way", "mode", "expected", "found", "records", "death to webhook", "");
        foreach (Outcome o in outcomes)
            table.AddRow(o.Kind, o.Mode.ToString(), o.Expected ?? "nothing", o.Found ?? "nothing", $"{o.Records}",
                o.AtNextStart ? "at next start" : o.LatencyMs is { } ms ? $"{ms:0} ms" : "", o.Skipped ?? (o.Right ? "right" : $"[red]{o.Problem}[/]"));
        AnsiConsole.Write(table);
        Console.WriteLine($"classes wrong: {wrong} of {outcomes.Count}; supervised p95 {p95:0} ms (target {SupervisedLimitMs:0} ms); "
            + $"{CleanStops} clean stops gave {falseAlarms} crashes: {(met ? "MET" : "MISSED")}");
        return met ? 0 : 1;
    }

    private sealed record Outcome(string Kind, Mode Mode, string? Expected, string? Found, double? LatencyMs, long Records)
    {
        public bool Delivered { get; init; }
        public bool AtNextStart { get; init; }
        public bool Repeats { get; init; }
        public string? Skipped { get; init; }

        public string? Problem =>
            Skipped is not null ? null
            : Found != Expected ? $"found {Found ?? "nothing"}, expected {Expected ?? "nothing"}"
            : Expected is not null && !Delivered ? "no webhook"
            : Expected is not null && Records != 1 && !Repeats ? $"{Records} records"
            : null;

        public bool Right => Problem is null;
    }
}
