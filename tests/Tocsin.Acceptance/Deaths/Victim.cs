using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Deaths;

/// <summary>A program that is going to die, with or without a supervisor; watches for the moment of its death.</summary>
internal sealed class Victim : IDisposable
{
    private readonly Process _outer;
    private readonly bool _supervised;

    private Victim(Process outer, bool supervised)
    {
        _outer = outer;
        _supervised = supervised;
    }

    public static Victim Start(string[] program, Mode mode, string service, string serverUrl, string state, IReadOnlyDictionary<string, string> variables,
        ControlGroup? group = null)
    {
        string[] command = mode == Mode.SdkOnly
            ? program
            : ["dotnet", Repository.Tocsin, "run", "--service", service, "--url", serverUrl, "--state-dir", state, "--hang-timeout", "5s", "--", .. program];
        // As in a container: supervisor and program share one control group, and the kernel takes the larger.
        command = group?.Wrap(command) ?? command;
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["TOCSIN_URL"] = serverUrl;
        start.Environment["TOCSIN_STATE_DIR"] = state;
        start.Environment["TOCSIN_SERVICE"] = service;
        start.Environment["TOCSIN_HANG_TIMEOUT"] = "00:00:05";
        start.Environment["CRASHER_WITHOUT_SDK"] = mode == Mode.Supervised ? "1" : "0";
        if (mode == Mode.SdkOnly)
        {
            // What the container and systemd templates of the guide set, so that native deaths leave a report.
            string dumps = Directory.CreateDirectory(Path.Combine(state, "dumps")).FullName;
            start.Environment["DOTNET_DbgEnableMiniDump"] = "1";
            start.Environment["DOTNET_EnableCrashReportOnly"] = "1";
            start.Environment["DOTNET_DbgMiniDumpName"] = Path.Combine(dumps, "dump.%p");
        }
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Victim(process, mode != Mode.SdkOnly);
    }

    /// <summary>Id of the program itself, or null when it has not begun or is gone.</summary>
    public int? InnerPid()
    {
        if (!_supervised)
            return _outer.Id;
        try
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{_outer.Id}/task"))
            {
                string children = File.ReadAllText(Path.Combine(task, "children")).Trim();
                if (children.Length > 0)
                    return int.Parse(children.Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }
        catch (IOException)
        {
            // It ended while we looked.
        }
        return null;
    }

    /// <summary>When the program had died, to within a few milliseconds; null when it lives on.</summary>
    public DateTimeOffset? AwaitDeath(TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        int? pid = null;
        while (clock.Elapsed < limit)
        {
            pid ??= InnerPid();
            if (pid is { } known && !IsAlive(known))
                return DateTimeOffset.UtcNow;
            if (pid is null && _outer.HasExited)
                return DateTimeOffset.UtcNow;
            Thread.Sleep(2);
        }
        return null;
    }

    public void Signal(int number)
    {
        if (InnerPid() is { } pid)
            _ = kill(pid, number);
    }

    /// <summary>SIGTERM to whom an operator would send it: the supervisor if there is one.</summary>
    public int? Stop(TimeSpan limit)
    {
        if (!_outer.HasExited)
            _ = kill(_outer.Id, 15);
        return _outer.WaitForExit(limit) ? _outer.ExitCode : null;
    }

    public void Dispose()
    {
        if (InnerPid() is { } pid && !_outer.HasExited)
            _ = kill(pid, 9);
        if (!_outer.WaitForExit(3000))
            _outer.Kill(entireProcessTree: true);
        _outer.Dispose();
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
