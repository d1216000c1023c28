using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Spectre.Console;
using Tocsin.Catalog;
using Tocsin.Storage;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;

namespace Tocsin.Cli;

/// <summary>`tocsin backup DIR`, `tocsin restore DIR`, `tocsin verify [DIR]`: copies of the data, and whether they are sound.</summary>
internal static class CareVerbs
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    private static readonly Option<string?> s_data = new("--data") { Description = "data directory (default: $TOCSIN_DATA or ./tocsin-data)" };

    public static Command CreateBackup()
    {
        var directory = new Argument<string>("directory") { Description = "folder of snapshots; a new one is added to it" };
        var keep = new Option<int?>("--keep") { Description = "delete all but so many snapshots afterwards" };
        var command = new Command("backup", "Back up the data, of a running server too")
        {
            directory, keep, s_data, ApiClient.Url, ApiClient.Key, ApiClient.Json,
        };
        command.SetAction((parsed, cancel) => Guarded(async () =>
        {
            string target = Path.GetFullPath(parsed.GetValue(directory)!), data = Data(parsed);
            if (parsed.GetValue(keep) is < 1)
                return ApiClient.Complain("--keep: a number of snapshots from 1 on is expected", ExitCode.Usage);
            if (!Directory.Exists(data))
                return await BackUpRunning(parsed, target, parsed.GetValue(keep), cancel);
            try
            {
                var disk = new DiskFileSystem();
                using var shown = new ProgressLine(parsed.GetValue(ApiClient.Json));
                BackupReport report;
                using (var backup = new Backup(disk, TimeProvider.System, data, target, shown.Tell, cancel))
                    report = backup.OfStopped(data, copy => CatalogCopy.Make(Path.Combine(data, "catalog.db"), copy));
                if (parsed.GetValue(keep) is { } newest)
                    Backup.Keep(disk, target, newest);
                return Tell(parsed, JsonSerializer.SerializeToElement(report, s_json));
            }
            catch (DatabaseLockedException)
            {
                return await BackUpRunning(parsed, target, parsed.GetValue(keep), cancel);
            }
        }));
        return command;
    }

    public static Command CreateRestore()
    {
        var directory = new Argument<string>("directory") { Description = "a snapshot, or a folder of them: then the newest" };
        var force = new Option<bool>("--force") { Description = "move what is in the data directory aside" };
        var command = new Command("restore", "Make a data directory of a backup") { directory, force, s_data, ApiClient.Json };
        command.SetAction((parsed, cancel) => Guarded(() =>
        {
            using var shown = new ProgressLine(parsed.GetValue(ApiClient.Json));
            RestoreReport report = new Restore(new DiskFileSystem(), TimeProvider.System, CatalogCopy.Check, shown.Tell, cancel)
                .Run(Path.GetFullPath(parsed.GetValue(directory)!), Data(parsed), parsed.GetValue(force));
            shown.Dispose();
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(JsonSerializer.SerializeToElement(report, s_json));
            else
                Console.WriteLine($"{report.Folder} is as it was at {report.CreatedAt:u}: {report.Files} files, {Size(report.Bytes)}"
                    + (report.Aside is { } aside ? $"; what was there lies in {aside}" : ""));
            return Task.FromResult(ExitCode.Ok);
        }));
        return command;
    }

    public static Command CreateVerify()
    {
        var directory = new Argument<string?>("directory")
        {
            Description = "a backup, a snapshot or a data directory (default: the data directory)", Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("verify", "Read all data or a backup and check every checksum") { directory, s_data, ApiClient.Json };
        command.SetAction((parsed, cancel) => Guarded(() =>
        {
            using var shown = new ProgressLine(parsed.GetValue(ApiClient.Json));
            string path = parsed.GetValue(directory) is { } given ? Path.GetFullPath(given) : Data(parsed);
            VerifyReport report = new Verification(new DiskFileSystem(), CatalogCopy.Check, shown.Tell, cancel).Run(path);
            shown.Dispose();
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(JsonSerializer.SerializeToElement(report, s_json));
            else
                Print(report);
            return Task.FromResult(report.Damage.Count == 0 ? ExitCode.Ok : ExitCode.No);
        }));
        return command;
    }

    private static void Print(VerifyReport report)
    {
        foreach (Damage damage in report.Damage)
            Console.WriteLine($"damaged: {damage}");
        string what = $"{report.Folder}: {report.Files} files, {report.Segments} segments, {report.Blocks} blocks";
        Console.WriteLine(report.Damage.Count == 0 ? $"{what}: all as written" : $"{what}: {report.Damage.Count} places are damaged");
    }

    /// <summary>Asks the server that works on the data, and follows what it does.</summary>
    private static async Task<int> BackUpRunning(ParseResult parsed, string target, int? keep, CancellationToken cancel)
    {
        string url = parsed.GetValue(ApiClient.Url)!;
        using var api = new ApiClient(url, parsed.GetValue(ApiClient.Key));
        using var shown = new ProgressLine(parsed.GetValue(ApiClient.Json));
        JsonElement server = await api.Get("info", cancel);
        if (parsed.GetValue(s_data) is { } named && Show.Text(server, "dataDirectory") != Path.GetFullPath(named))
            return ApiClient.Complain($"the server at {url} works on {Show.Text(server, "dataDirectory")}, not on {Path.GetFullPath(named)}; "
                + "name the right one with --url", ExitCode.Usage);
        JsonElement state = await api.Post("backup", new { directory = target, keep }, cancel);
        while (state.GetProperty("running").GetBoolean())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
            state = await api.Get("backup", cancel);
            if (state.TryGetProperty("progress", out JsonElement progress))
                shown.Tell(progress.Deserialize<CareProgress>(s_json)!);
        }
        shown.Dispose();
        return state.TryGetProperty("report", out JsonElement report)
            ? Tell(parsed, report)
            : ApiClient.Complain(Show.Text(state, "error"), ExitCode.Refused);
    }

    /// <summary>A backup that lacks something is made, but the answer is no.</summary>
    private static int Tell(ParseResult parsed, JsonElement report)
    {
        JsonElement problems = report.GetProperty("problems");
        if (parsed.GetValue(ApiClient.Json))
            Show.Json(report);
        else
            Console.WriteLine($"{Show.Text(report, "snapshot")}: {Show.Text(report, "files")} files, {Size(report.GetProperty("bytes").GetInt64())}, "
                + $"{Show.Text(report, "new")} new ({Size(report.GetProperty("newBytes").GetInt64())})");
        foreach (JsonElement problem in problems.EnumerateArray())
            Console.Error.WriteLine($"tocsin: not in the backup: {problem.GetString()}");
        return problems.GetArrayLength() == 0 ? ExitCode.Ok : ExitCode.No;
    }

    private static string Data(ParseResult parsed) => Path.GetFullPath(
        parsed.GetValue(s_data) ?? (Environment.GetEnvironmentVariable("TOCSIN_DATA") is { Length: > 0 } named ? named : "tocsin-data"));

    private static async Task<int> Guarded(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (ApiException refused)
        {
            return ApiClient.Complain(refused.Message, ExitCode.Refused);
        }
        catch (HttpRequestException unreachable)
        {
            return ApiClient.Complain($"no server answers ({unreachable.Message}); name it with --url, or its data directory with --data", ExitCode.Unreachable);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or InvalidDataException
            or DatabaseLockedException or CatalogWriteException or CatalogOpenException)
        {
            return ApiClient.Complain(refused.Message, ExitCode.Usage);
        }
        catch (OperationCanceledException)
        {
            return ApiClient.Complain("stopped", ExitCode.No);
        }
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1_000_000 => $"{bytes / 1e3:0.0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.00} GB",
    };

    /// <summary>One line on a terminal that shows how far it is; a line every ten seconds elsewhere.</summary>
    private sealed class ProgressLine(bool quiet) : IDisposable
    {
        private readonly bool _terminal = !Console.IsErrorRedirected;
        private readonly Stopwatch _since = Stopwatch.StartNew();
        private bool _shown;

        public void Tell(CareProgress at)
        {
            if (quiet || _since.Elapsed < (_terminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(10)))
                return;
            _since.Restart();
            _shown = true;
            string line = $"{at.Stage}: {at.Files} of {at.FilesTotal} files, {Size(at.Bytes)}";
            Console.Error.Write(_terminal ? $"\r{line}\u001b[K" : line + Environment.NewLine);
        }

        public void Dispose()
        {
            if (_shown && _terminal)
                Console.Error.Write("\r\u001b[K");
            _shown = false;
        }
    }
}
