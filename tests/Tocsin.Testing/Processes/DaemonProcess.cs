using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tocsin.Testing.Processes;

/// <summary>
/// A server from a Debian package as a child process with a temporary folder of its own; never as root. Dispose kills it
/// and removes the folder.
/// </summary>
public sealed class DaemonProcess : IAsyncDisposable
{
    private readonly string _account;
    private readonly Queue<string> _output = new();
    private Process? _process;

    // Made for its owner alone.
    private DaemonProcess(string account)
    {
        _account = account;
        Folder = Directory.CreateTempSubdirectory("tocsin-daemon-").FullName;
    }

    public string Folder { get; }

    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <param name="account">Who runs it when the tests run as root; else it runs as whoever they run as.</param>
    public static DaemonProcess For(string account) => new(account);

    /// <summary>Gives everything in the folder to the account.</summary>
    public Task HandOver() => IsRoot ? Run("chown", "-R", _account, Folder) : Task.CompletedTask;

    /// <summary>Runs a program to its end as the account.</summary>
    public Task RunAs(string program, params string[] arguments) => Run(AsAccount(program, arguments));

    /// <summary>Starts the server and returns when it accepts connections on the port.</summary>
    public async Task Start(int port, string program, params string[] arguments)
    {
        _process = Begin(AsAccount(program, arguments));
        DateTime limit = DateTime.UtcNow.AddSeconds(30);
        while (!await Accepts(port))
        {
            if (_process.HasExited || DateTime.UtcNow > limit)
                throw new InvalidOperationException($"{program} did not start: {Output}");
            await Task.Delay(50);
        }
    }

    public async Task Kill()
    {
        if (_process is not { HasExited: false })
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        _process?.Dispose();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A killed server's helper was still writing; the folder is a temporary one.
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    private string[] AsAccount(string program, string[] arguments) => IsRoot
        ? ["setpriv", $"--reuid={_account}", "--regid=nogroup", "--clear-groups", program, .. arguments]
        : [program, .. arguments];

    private async Task Run(params string[] command)
    {
        using Process process = Begin(command);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {Output}");
    }

    private Process Begin(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            if (line.Data is not null)
                _output.Enqueue(line.Data);
            while (_output.Count > 100)
                _output.Dequeue();
        }
    }

    private static async Task<bool> Accepts(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
