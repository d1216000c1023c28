using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tocsin.Bench.Logs;

/// <summary>What sending gave, seen from the clients.</summary>
/// <param name="Refused">Answers other than 200; each was sent again.</param>
/// <param name="OwnCpu">User and system seconds of this process while it sent.</param>
/// <param name="OtherCpu">Share of the machine that neither this process nor the server used.</param>
internal sealed record LoadResult(double Seconds, IReadOnlyList<double> Latencies, int Refused, long Bytes, double OwnCpu, double OtherCpu);

/// <summary>Posts requests over a few kept connections with nothing but sockets between them and the server.</summary>
internal static class OtlpLoad
{
    public const int Connections = 4;

    private const int MaxTries = 200;

    /// <param name="sender">Gives each connection its own source of requests, head included.</param>
    public static LoadResult Run(int port, int requests, ServerUsage server, Func<Func<int, ArraySegment<byte>>> sender)
    {
        var latencies = new double[requests];
        int next = 0, refused = 0;
        long bytes = 0;
        Exception? failure = null;
        double busy = MachineUsage.Busy(), serverCpu = server.Cpu(), own = Own();
        var clock = Stopwatch.StartNew();
        Thread[] threads = [.. Enumerable.Range(0, Connections).Select(_ => new Thread(() =>
        {
            try
            {
                using var connection = new OtlpConnection(port);
                Func<int, ArraySegment<byte>> source = sender();
                for (int i = Interlocked.Increment(ref next) - 1; i < requests; i = Interlocked.Increment(ref next) - 1)
                {
                    ArraySegment<byte> request = source(i);
                    long began = Stopwatch.GetTimestamp();
                    for (int tries = 1; connection.Post(request) is var status && status != 200; tries++)
                    {
                        Interlocked.Increment(ref refused);
                        if (status is not (429 or 503) || tries == MaxTries)
                            throw new InvalidOperationException($"the server answered {status} to request {i}");
                        Thread.Sleep(100);
                    }
                    latencies[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                    Interlocked.Add(ref bytes, request.Count);
                }
            }
            catch (Exception failed)
            {
                Interlocked.CompareExchange(ref failure, failed, null);
                Volatile.Write(ref next, requests);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("sending failed: " + failure.Message, failure);
        double seconds = clock.Elapsed.TotalSeconds, ownCpu = Own() - own;
        double other = MachineUsage.Busy() - busy - (server.Cpu() - serverCpu) - ownCpu;
        return new LoadResult(seconds, latencies, refused, bytes, ownCpu, Math.Max(0, other) / seconds / Environment.ProcessorCount);
    }

    public static double Own()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }
}

/// <summary>One kept HTTP/1.1 connection.</summary>
internal sealed class OtlpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[16 * 1024];

    public OtlpConnection(int port) => _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Sends head and body, waits for the whole answer and returns its status.</summary>
    public int Post(ArraySegment<byte> request)
    {
        for (int sent = 0; sent < request.Count;)
            sent += _socket.Send(request[sent..]);
        int length = 0, end = -1;
        while (end < 0)
        {
            int read = _socket.Receive(_answer.AsSpan(length));
            if (read == 0)
                throw new InvalidOperationException("the server closed the connection");
            length += read;
            end = _answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        }
        string head = Encoding.ASCII.GetString(_answer, 0, end);
        int at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        bool chunked = at < 0 && head.Contains("chunked", StringComparison.OrdinalIgnoreCase);
        int rest = at < 0 ? 0 : int.Parse(head.AsSpan(at + 16).ToString().Split('\r')[0]) - (length - end - 4);
        while (rest > 0 || chunked && !_answer.AsSpan(0, length).EndsWith("0\r\n\r\n"u8))
        {
            if (length == _answer.Length)
                length = 0;
            int read = _socket.Receive(_answer.AsSpan(length));
            if (read == 0)
                throw new InvalidOperationException("the server closed the connection");
            length += read;
            rest -= read;
        }
        return int.Parse(head.AsSpan(9, 3));
    }

    public void Dispose() => _socket.Dispose();
}
