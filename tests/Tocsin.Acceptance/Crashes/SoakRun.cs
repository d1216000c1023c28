using System.Diagnostics;
using System.Text.Json;
using Tocsin.Model.Crashes;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Crashes;

/// <param name="Problem">What is missing in the record; null when it is complete.</param>
internal sealed record SoakOutcome(string Way, bool ToServer, double Milliseconds, string? Problem);

/// <summary>One process whose threads crash together, and the record it must leave.</summary>
internal sealed class SoakRun(string way, int threads, int number, string folder, ServerProcess? server)
{
    private const int Aborted = 134, OwnExit = 9, LogsOfThread = 20;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly string _tag = $"r{number}", _service = $"soak-{number}", _state = Path.Combine(folder, $"{number}");

    public string Way => way;

    public async Task<SoakOutcome> Go()
    {
        var clock = Stopwatch.StartNew();
        (int? code, string said) = await Crash();
        double took = clock.Elapsed.TotalMilliseconds;
        string? problem = code is null ? "it did not end" : code != (way == "exit" ? OwnExit : Aborted) ? $"exit code {code}: {said}" : null;
        problem ??= await Look() is { } missing ? $"{missing}; it said: {said}" : null;
        if (problem is null)
            Directory.Delete(_state, recursive: true);
        return new SoakOutcome(way, server is not null, took, problem);
    }

    private async Task<(int? Code, string Said)> Crash()
    {
        string[] program = [Repository.Built("tests/Tocsin.Sdk.Crasher", "Tocsin.Sdk.Crasher.dll"), "soak", way, $"{threads}", _tag];
        var start = new ProcessStartInfo("dotnet", program) { RedirectStandardError = true, RedirectStandardOutput = true };
        // Nobody listens on port 9: the record then stays on disk.
        start.Environment["TOCSIN_URL"] = server?.Url ?? "http://127.0.0.1:9";
        start.Environment["TOCSIN_STATE_DIR"] = _state;
        start.Environment["TOCSIN_SERVICE"] = _service;
        start.Environment["DOTNET_TieredPGO"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(s_limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return (null, "");
        }
        return (process.ExitCode, string.Join(' ', (await errors + await output).Split('\n').Take(6)));
    }

    /// <summary>What is missing; null when the one record is complete.</summary>
    private async Task<string?> Look()
    {
        (CrashRecord? record, string? problem) = server is null ? OnDisk() : await AtServer(server);
        if (record is null)
            return problem;
        string name = record.UserId ?? "";
        int logs = record.Logs.Count(l => l.Message.StartsWith($"{_tag}-", StringComparison.Ordinal));
        return record.Class != CrashClass.Unhandled ? $"class {record.Class}"
            : !name.StartsWith($"{_tag}-", StringComparison.Ordinal) ? $"user \"{name}\""
            : record.Exception is not { } exception ? "no exception"
            : exception.Frames.Count == 0 || !exception.Frames[0].Method.StartsWith("Crasher.Soak.", StringComparison.Ordinal) ? "no frames"
            : way == "mute" && exception.Type != "Crasher.TreacherousException" ? $"type {exception.Type}"
            : way != "mute" && exception.Message != name ? $"message \"{exception.Message}\" of {name}"
            : way == "deep" && exception.Inner is not [{ Inner: [{ Type: "System.TimeoutException" }] }] ? "no causes"
            : logs != Math.Min(threads * LogsOfThread, 127) ? $"{logs} log records"
            : record.Breadcrumbs.Count(b => b.Category == "soak") != threads ? $"{record.Breadcrumbs.Count} breadcrumbs"
            : !record.Activities.Any(a => a.TraceId == record.TraceId) ? "no operation"
            : record.Resources.ThreadCount is null ? "no resources"
            : null;
    }

    private (CrashRecord?, string?) OnDisk()
    {
        string[] files = Directory.GetFiles(_state, "*.json", SearchOption.AllDirectories);
        if (files is not [var only])
            return (null, $"{files.Length} records on disk");
        try
        {
            return (CrashJson.Read(File.ReadAllBytes(only)), null);
        }
        catch (JsonException broken)
        {
            return (null, $"the record cannot be read: {broken.Message}");
        }
    }

    private async Task<(CrashRecord?, string?)> AtServer(ServerProcess at)
    {
        JsonElement[] groups = [.. (await at.Get($"crashes?service={_service}")).GetProperty("items").EnumerateArray()];
        long count = groups.Sum(g => g.GetProperty("count").GetInt64());
        if (groups is not [var group] || count != 1)
            return (null, $"{count} records in {groups.Length} groups on the server");
        string id = group.GetProperty("id").ToString();
        string crashId = (await at.Get($"crashes/{id}")).GetProperty("latest").GetProperty("crashId").GetString()!;
        return (CrashJson.Read(await at.Http.GetByteArrayAsync($"api/tocsin/v1/crashes/{id}/events/{crashId}")), null);
    }
}
