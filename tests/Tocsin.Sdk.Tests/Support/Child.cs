using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace TocsinSdk.Tests.Support;

/// <summary>A real process under test with a state folder of its own; killed when the test leaves it behind.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private Child(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public static Child Crasher(string kind, string serverUrl, string state,
        params (string Name, string? Value)[] environment) =>
        Start("tests/Tocsin.Sdk.Crasher", kind, serverUrl, state, environment);

    /// <summary>
    /// The crasher under what a shell can set up first, such as "ulimit -f 8"; it becomes the program, so the pid stays.
    /// </summary>
    public static Child CrasherAfter(string commands, string kind, string serverUrl, string state,
        params (string Name, string? Value)[] environment) =>
        Start("tests/Tocsin.Sdk.Crasher", kind, serverUrl, state, environment, commands);

    public static Child Bookings(string serverUrl, string state, params (string Name, string? Value)[] environment) =>
        Start("samples/Bookings", "--urls=http://127.0.0.1:0", serverUrl, state, environment);

    /// <summary>The exit code as a shell reports it.</summary>
    public int ExitCode(int seconds = 20)
    {
        _process.WaitForExit(TimeSpan.FromSeconds(seconds)).ShouldBeTrue("it should have ended; it said: " + Output);
        _process.WaitForExit(); // until the output is read to its end
        return _process.ExitCode;
    }

    /// <summary>The rest of the first line that begins with <paramref name="start"/>.</summary>
    public string Line(string start)
    {
        var found = SpinWait.SpinUntil(() => LineOf(start) is not null || _process.HasExited, TimeSpan.FromSeconds(15));
        found.ShouldBeTrue();
        if (_process.HasExited)
            _process.WaitForExit(); // until the output is read to its end
        return LineOf(start) ?? throw new InvalidOperationException($"no line \"{start}\" in: {Output}");
    }

    public void Signal(int number) => kill(Pid, number).ShouldBe(0);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static Child Start(string project, string argument, string serverUrl, string state,
        (string, string?)[] environment, string? commands = null)
    {
        // tests/<this project>/bin/<configuration>/<framework>
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var folder = Path.Combine(root, project, "bin", here.Parent.Name, here.Name);
        var program = Path.Combine(folder, Path.GetFileName(project));
        string[] arguments = commands is null ? [argument] : ["-c", commands + "; exec \"$@\"", "sh", program, argument];
        var start = new ProcessStartInfo(commands is null ? program : "/bin/sh", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.Where(Speaks).ToList())
            start.Environment.Remove(name);
        start.Environment["TOCSIN_URL"] = serverUrl;
        start.Environment["TOCSIN_STATE_DIR"] = state;
        // The tests read the framework's own lines.
        start.Environment["TOCSIN_LOGS__CONSOLE"] = "None";
        start.Environment["TOCSIN_LOGS__FILES"] = "false";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Child(new Process { StartInfo = start });
    }

    private static bool Speaks(string variable) =>
        variable.StartsWith("TOCSIN_", StringComparison.Ordinal)
            || variable.StartsWith("OTEL_", StringComparison.Ordinal)
        || variable.StartsWith("DOTNET_Dbg", StringComparison.Ordinal)
        || variable.StartsWith("DOTNET_Enable", StringComparison.Ordinal);

    private string? LineOf(string start)
    {
        foreach (var line in Output.Split('\n'))
            if (line.StartsWith(start, StringComparison.Ordinal))
                return line[start.Length..];
        return null;
    }

    private void Append(string? line)
    {
        lock (_output)
            _output.Append(line).Append('\n');
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
