using System.Diagnostics;

namespace Tocsin.Testing.Processes;

/// <summary>
/// A real PostgreSQL with an empty database of its own on a free loopback port, from Debian's package. It refuses to run
/// as root, so root starts it as the user postgres.
/// </summary>
public sealed class PostgresProcess : IDisposable
{
    private const string User = "postgres";
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "tocsin-pg-" + Guid.NewGuid().ToString("N")[..12]);
    private readonly string _programs;
    private Process? _server;

    private PostgresProcess(string programs) => (_programs, Port) = (programs, Loopback.FreePort());

    /// <summary>Null when PostgreSQL is installed, else why tests must skip.</summary>
    public static string? Missing => Programs() is null ? "PostgreSQL is not installed (Debian package postgresql)" : null;

    public int Port { get; }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username={User};Database=postgres;Timeout=5;Command Timeout=10";

    /// <summary>Returns when it answers. Throws with its own words when it does not within a minute.</summary>
    public static PostgresProcess Start()
    {
        var postgres = new PostgresProcess(Programs() ?? throw new InvalidOperationException(Missing));
        Directory.CreateDirectory(postgres._folder);
        if (Environment.IsPrivilegedProcess)
            postgres.Run("chown", User, postgres._folder);
        postgres.RunAsUser("initdb", "-D", postgres.Data, "-U", User, "-A", "trust", "--no-sync", "-E", "UTF8");
        postgres.Resume();
        return postgres;
    }

    /// <summary>As kill -9 would, so that clients lose their connections at once.</summary>
    public void Stop()
    {
        RunAsUser("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        _server?.WaitForExit();
        _server?.Dispose();
        _server = null;
    }

    /// <summary>Starts it again on the same data and port.</summary>
    public void Resume()
    {
        _server = Process.Start(AsUser("postgres", ["-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={_folder}", "-c", "fsync=off", "-c", "shared_buffers=16MB"]))!;
        _server.OutputDataReceived += static (_, _) => { };
        _server.ErrorDataReceived += static (_, _) => { };
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        RunAsUser("pg_isready", retries: 600, "-q", "-h", "127.0.0.1", "-p", $"{Port}", "-U", User);
    }

    public void Dispose()
    {
        if (_server is not null)
            Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static string? Programs() => !Directory.Exists("/usr/lib/postgresql") ? null
        : Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin"))
            .Where(b => File.Exists(Path.Combine(b, "postgres"))).Order(StringComparer.Ordinal).LastOrDefault();

    private ProcessStartInfo AsUser(string program, string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = _folder;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    private void RunAsUser(string program, params string[] arguments) => RunAsUser(program, 1, arguments);

    private void RunAsUser(string program, int retries, params string[] arguments) =>
        Run(AsUser(program, arguments), retries);

    private void Run(string program, params string[] arguments) => Run(
        new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }, 1);

    private static void Run(ProcessStartInfo start, int retries)
    {
        for (int left = retries; ; Thread.Sleep(100))
        {
            using var process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return;
            if (--left == 0)
                throw new InvalidOperationException(
                    $"{string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {output.Result}{errors}");
        }
    }
}
