using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin doctor`: is this machine fit to run the server and to see crashes, and does the server answer?</summary>
internal static class DoctorVerb
{
    private sealed record Finding(string Check, string Result, string Detail);

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "data directory to look at", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("TOCSIN_DATA") ?? "tocsin-data" };
        var command = new Command("doctor", "Check this machine and the server") { data, ApiClient.Url, ApiClient.Key, ApiClient.Json };
        command.SetAction(async (parsed, cancel) =>
        {
            List<Finding> findings = [DataDirectory(parsed.GetValue(data)!), Sqlite(), CrashReports(), Ptrace(), OomCounter()];
            findings.AddRange(await Server(parsed.GetValue(ApiClient.Url)!, cancel));
            Print(findings, parsed.GetValue(ApiClient.Json));
            return findings.Any(f => f.Result == "bad") ? ExitCode.No : ExitCode.Ok;
        });
        return command;
    }

    private static void Print(List<Finding> findings, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(findings.Select(f => new { check = f.Check, result = f.Result, detail = f.Detail })));
            return;
        }
        Table table = Show.Table("", "CHECK", "DETAIL");
        foreach (Finding f in findings)
            table.AddRow(f.Result switch { "ok" => "[green]ok[/]", "bad" => "[red]bad[/]", _ => "[yellow]note[/]" }, f.Check, Show.Safe(f.Detail));
        AnsiConsole.Write(table);
    }

    private static Finding DataDirectory(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            bool existed = Directory.Exists(full);
            Directory.CreateDirectory(full);
            string probe = Path.Combine(full, ".doctor");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            long free = new DriveInfo(full).AvailableFreeSpace >> 20;
            if (!existed)
                Directory.Delete(full);
            return new("data directory", free < 256 ? "bad" : "ok", $"{full} is writable, {free} MiB free");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new("data directory", "bad", refused.Message);
        }
    }

    private static Finding Sqlite() => NativeLibrary.TryLoad("libsqlite3.so.0", out _)
        ? new("SQLite", "ok", "libsqlite3.so.0 loads")
        : new("SQLite", "bad", "libsqlite3.so.0 is missing; on Debian: apt-get install libsqlite3-0");

    private static Finding CrashReports()
    {
        string createdump = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "createdump");
        return File.Exists(createdump)
            ? new("crash reports", "ok", "the runtime brings createdump, so 'tocsin run' sees managed stacks of native deaths")
            : new("crash reports", "note", "createdump is missing beside the runtime; stack overflows and access violations are told from standard error alone");
    }

    private static Finding Ptrace()
    {
        const string Scope = "/proc/sys/kernel/yama/ptrace_scope";
        string scope = File.Exists(Scope) ? File.ReadAllText(Scope).Trim() : "0";
        return scope is "0" or "1"
            ? new("ptrace", "ok", "createdump may look into its parent")
            : new("ptrace", "note", $"ptrace_scope is {scope}: createdump needs CAP_SYS_PTRACE, else crash reports stay empty");
    }

    private static Finding OomCounter()
    {
        if (File.Exists("/sys/fs/cgroup/cgroup.controllers"))
            return new("kernel OOM kills", "ok", "cgroup v2: memory.events is readable");
        return File.Exists("/sys/fs/cgroup/memory/memory.oom_control")
            ? new("kernel OOM kills", "ok", "cgroup v1: memory.oom_control is readable")
            : new("kernel OOM kills", "note", "no memory cgroup is visible: an OOM kill is told as 'killed'");
    }

    private static async Task<List<Finding>> Server(string url, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using HttpResponseMessage ready = await http.GetAsync("/-/ready", cancel);
            var findings = new List<Finding>
            {
                ready.IsSuccessStatusCode ? new("server", "ok", $"{url} is ready") : new("server", "bad", $"{url} answers {(int)ready.StatusCode}: not ready"),
            };
            if (ready.Headers.Date is { } date && (date - DateTimeOffset.UtcNow).Duration() > TimeSpan.FromSeconds(30))
                findings.Add(new("clock", "bad", $"the server's clock differs by {(date - DateTimeOffset.UtcNow).TotalSeconds:0} s"));
            return findings;
        }
        catch (Exception down) when (down is HttpRequestException or TaskCanceledException)
        {
            return [new("server", "note", $"no server answers at {url}"), .. new[] { 4480, 4318, 4317 }.Select(Port)];
        }
    }

    private static Finding Port(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return new($"port {port}", "ok", "free");
        }
        catch (SocketException)
        {
            return new($"port {port}", "bad", "taken by another program");
        }
    }
}
