using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tocsin.Model.Crashes;

namespace TocsinSdk.Tests.Support;

/// <summary>One request as it came over the wire.</summary>
internal sealed record Received(string Path, string Head, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>
/// Stands where the server will be: answers every POST with one status and keeps what it was told. With a certificate it
/// speaks TLS and calls itself localhost.
/// </summary>
internal sealed class ReceivingServer : IDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<Received> _received = new();
    private readonly SemaphoreSlim _news = new(0);

    public ReceivingServer(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Status { get; set; } = 200;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => (_certificate is null ? "http://127.0.0.1:" : "https://localhost:") + Port;

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    public IReadOnlyList<Received> At(string path) => [.. _received.Where(r => r.Path == path)];

    /// <summary>Every crash record so far, read as the real server reads it.</summary>
    public IReadOnlyList<CrashRecord> Crashes => [.. At("/api/tocsin/v1/crashes").Select(r => CrashJson.Read(r.Body))];

    public IReadOnlyList<Received> Heartbeats => At("/api/tocsin/v1/heartbeats");

    /// <summary>Waits until <paramref name="enough"/> holds; false when it does not within the time.</summary>
    public bool Await(Func<ReceivingServer, bool> enough, int seconds = 15)
    {
        var deadline = DateTime.UtcNow.AddSeconds(seconds);
        while (!enough(this))
        {
            var left = deadline - DateTime.UtcNow;
            if (left <= TimeSpan.Zero || !_news.Wait(left))
                return enough(this);
        }
        return true;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _news.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptTcpClient();
                Connections++;
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private void Serve(TcpClient client)
    {
        try
        {
            using (client)
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var secure = new SslStream(stream);
                    stream = secure;
                    secure.AuthenticateAsServer(_certificate);
                }
                while (Read(stream) is { } request)
                {
                    _received.Enqueue(request);
                    stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {Status} X\r\nContent-Length: 0\r\n\r\n"));
                    _news.Release();
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException
            or AuthenticationException)
        {
            // A client that dies in the middle is what these tests are about.
        }
    }

    private static Received? Read(Stream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var b = stream.ReadByte();
            if (b < 0)
                return null;
            head.Append((char)b);
        }
        var lines = head.ToString().Split("\r\n");
        var length = lines.FirstOrDefault(l =>
            l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line
            ? int.Parse(line["Content-Length:".Length..]) : 0;
        var body = new byte[length];
        stream.ReadExactly(body);
        return new Received(lines[0].Split(' ')[1], head.ToString(), body);
    }
}
