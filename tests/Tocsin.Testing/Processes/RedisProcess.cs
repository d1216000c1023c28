using System.Diagnostics;
using System.Text;

namespace Tocsin.Testing.Processes;

/// <summary>A real Redis without persistence on a free loopback port, from Debian's package.</summary>
public sealed class RedisProcess : IDisposable
{
    private readonly string[] _arguments;
    private Process? _server;

    private RedisProcess(string[] arguments) => (_arguments, Port) = (arguments, Loopback.FreePort());

    /// <summary>Null when Redis is installed, else why tests must skip.</summary>
    public static string? Missing =>
        File.Exists("/usr/bin/redis-server") ? null : "Redis is not installed (Debian package redis-server)";

    public int Port { get; }

    /// <summary>Returns when it accepts connections.</summary>
    /// <param name="arguments">More settings, such as "--requirepass", "secret".</param>
    public static RedisProcess Start(params string[] arguments)
    {
        var redis = new RedisProcess(arguments);
        redis.Resume();
        return redis;
    }

    public void Stop()
    {
        _server?.Kill();
        _server?.WaitForExit();
        _server?.Dispose();
        _server = null;
    }

    /// <summary>Starts it again, empty, on the same port.</summary>
    public void Resume()
    {
        _server = Process.Start(new ProcessStartInfo("/usr/bin/redis-server",
            ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", .. _arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _ = _server.StandardError.ReadToEndAsync();
        var said = new StringBuilder();
        while (_server.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _ = _server.StandardOutput.ReadToEndAsync();
                return;
            }
            said.AppendLine(line);
        }
        throw new InvalidOperationException($"Redis did not start: {said}");
    }

    public void Dispose() => Stop();
}
