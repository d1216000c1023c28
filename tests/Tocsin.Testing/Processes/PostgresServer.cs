namespace Tocsin.Testing.Processes;

/// <summary>A real PostgreSQL on a free port, user "tests", no password, database "postgres".</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly DaemonProcess _daemon;

    private PostgresServer(DaemonProcess daemon, int port) => (_daemon, Port) = (daemon, port);

    /// <summary>Where Debian puts the programs of the newest version; null when there is none.</summary>
    public static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => d, StringComparer.Ordinal)
            .Select(d => Path.Combine(d, "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
        : null;

    /// <summary>Null when PostgreSQL is installed, else why tests must skip.</summary>
    public static string? Missing =>
        Programs is null ? "PostgreSQL is not installed (Debian package postgresql)" : null;

    public int Port { get; }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=tests;Database=postgres;Timeout=5";

    public static async Task<PostgresServer> Start()
    {
        DaemonProcess daemon = DaemonProcess.For("postgres");
        var server = new PostgresServer(daemon, Loopback.FreePort());
        await daemon.HandOver();
        await daemon.RunAs(Path.Combine(Programs!, "initdb"), "-D", server.Data, "-U", "tests", "-A", "trust",
            "--no-sync", "--no-locale", "-E", "UTF8");
        await server.Again();
        return server;
    }

    public Task Kill() => _daemon.Kill();

    /// <summary>Starts it where it was.</summary>
    public async Task Again()
    {
        await _daemon.Start(Port, Path.Combine(Programs!, "postgres"), "-D", Data, "-p", $"{Port}",
            "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_daemon.Folder}", "-c", "fsync=off");
        // It accepts connections, and ends them at once, before it has read its log.
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await _daemon.RunAs(Path.Combine(Programs!, "pg_isready"), "-h", "127.0.0.1", "-p", $"{Port}", "-U", "tests");
                return;
            }
            catch (InvalidOperationException) when (attempt < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    private string Data => Path.Combine(_daemon.Folder, "data");
}
