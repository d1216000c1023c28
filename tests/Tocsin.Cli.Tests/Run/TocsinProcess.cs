using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Tocsin.Cli.Tests.Run;

/// <summary>One real `tocsin` process with its streams.</summary>
internal sealed partial class TocsinProcess : IDisposable
{
    private const int DeadlineMs = 60_000;

    private readonly Task<byte[]> _output, _errors;
    private readonly StringBuilder _lines = new();

    private TocsinProcess(Process process, bool keepInput)
    {
        Process = process;
        _output = Drain(process.StandardOutput.BaseStream, _lines);
        _errors = Drain(process.StandardError.BaseStream, null);
        if (!keepInput)
        {
            process.StandardInput.Close();
        }
    }

    public Process Process { get; }

    public string Errors => Encoding.UTF8.GetString(_errors.Result);

    public byte[] ErrorBytes => _errors.Result;

    public byte[] OutputBytes => _output.Result;

    public string Output => Encoding.UTF8.GetString(OutputBytes);

    /// <summary>Starts "tocsin run" with a state folder and a server of the test's own.</summary>
    public static TocsinProcess Run(TemporaryFolder state, string url, params string[] arguments) =>
        Start("dotnet", [Program, "run", "--state-dir", state.Path, "--url", url, .. arguments]);

    public static string Program => Path.Combine(AppContext.BaseDirectory, "tocsin.dll");

    public static TocsinProcess Start(string file, IEnumerable<string> arguments, bool keepInput = false,
        params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new TocsinProcess(Process.Start(start)!, keepInput);
    }

    public int Wait()
    {
        if (!Process.WaitForExit(DeadlineMs))
        {
            Process.Kill(entireProcessTree: true);
            throw new TimeoutException($"tocsin did not end; it said: {_lines}");
        }

        return Process.ExitCode;
    }

    /// <summary>What standard output holds so far.</summary>
    public string Seen
    {
        get
        {
            lock (_lines)
            {
                return _lines.ToString();
            }
        }
    }

    /// <summary>Waits until the child's standard output holds the text.</summary>
    public void Expect(string text)
    {
        var waited = Stopwatch.StartNew();
        while (waited.ElapsedMilliseconds < DeadlineMs)
        {
            if (Seen.Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            Thread.Sleep(5);
        }

        throw new TimeoutException($"'{text}' was expected on standard output; it held: {Seen}");
    }

    public void Signal(int signal) => SendSignal(Process.Id, signal);

    public static void SendSignal(int pid, int signal) => Kill(pid, signal).ShouldBe(0);

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
        }

        Process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    private static async Task<byte[]> Drain(Stream stream, StringBuilder? seen)
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            all.Write(buffer, 0, count);
            if (seen is not null)
            {
                lock (seen)
                {
                    seen.Append(Encoding.UTF8.GetString(buffer, 0, count));
                }
            }
        }

        return all.ToArray();
    }
}
