using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tocsin.Bench.Sdk;

/// <summary>Keeps connections to a loopback server busy, one request after the other on each.</summary>
internal static class HttpLoad
{
    private static readonly byte[] s_request = Encoding.ASCII.GetBytes(
        "GET /hello/7 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n");

    /// <returns>Requests answered, the time they took in all, and the latency of each in µs.</returns>
    public static async Task<(int Requests, TimeSpan Elapsed, List<double> Latencies)> Run(
        int port, int connections, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => One(port, clock, duration))));
        var elapsed = clock.Elapsed;
        List<double> latencies = [.. all.SelectMany(l => l)];
        return (latencies.Count, elapsed, latencies);
    }

    private static async Task<List<double>> One(int port, Stopwatch clock, TimeSpan duration)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var buffer = new byte[4096];
        var latencies = new List<double>(1 << 16);
        while (clock.Elapsed < duration)
        {
            long start = Stopwatch.GetTimestamp();
            await socket.SendAsync(s_request);
            int length = 0;
            while (!IsWhole(buffer.AsSpan(0, length)))
            {
                int read = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0)
                    throw new InvalidOperationException("the server hung up: " + Encoding.ASCII.GetString(buffer, 0, length));
                length += read;
            }
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        return latencies;
    }

    // The body is "ok".
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        int end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0 || answer.Length < end + 6)
            return false;
        return answer.StartsWith("HTTP/1.1 200"u8) ? true : throw new InvalidOperationException(Encoding.ASCII.GetString(answer));
    }
}
