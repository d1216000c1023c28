using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TocsinSdk.Tests.Support;

/// <summary>
/// A forward proxy: POST with an absolute address and CONNECT. Whatever host it is asked for, it goes to one port of
/// this machine.
/// </summary>
internal sealed class ForwardProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;

    public ForwardProxy(int port)
    {
        _port = port;
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    /// <summary>The head of each request, to the empty line.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    /// <summary>What to answer instead of passing it on.</summary>
    public string? Refusal { get; set; }

    public Uri Url(string? user = null) =>
        new($"http://{(user is null ? "" : user + "@")}127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptTcpClient();
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
                var near = client.GetStream();
                var head = Head(near);
                Heads.Enqueue(head);
                if (Refusal is { } refusal)
                {
                    near.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n"));
                    return;
                }
                using var server = new TcpClient("127.0.0.1", _port);
                var far = server.GetStream();
                if (head.StartsWith("CONNECT ", StringComparison.Ordinal))
                    near.Write("HTTP/1.1 200 Connection established\r\n\r\n"u8);
                else
                {
                    var absolute = new Uri(head.Split(' ')[1]);
                    far.Write(Encoding.Latin1.GetBytes(head.Replace(absolute.OriginalString, absolute.PathAndQuery)));
                }
                var back = new Thread(() => Pump(far, near)) { IsBackground = true };
                back.Start();
                Pump(near, far);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }

    private static void Pump(NetworkStream from, NetworkStream to)
    {
        try
        {
            from.CopyTo(to);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }

    private static string Head(NetworkStream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)stream.ReadByte());
        return head.ToString();
    }
}
