using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tocsin.Ingest;
using Tocsin.Model.Metrics;

namespace Tocsin.Protocols.Syslog;

/// <summary>
/// Syslog over UDP: one datagram is one message. Datagrams are taken from the kernel without a pause and wait in bounded
/// memory; what finds it full is dropped and counted as overloaded, what the kernel itself dropped is a metric.
/// </summary>
internal sealed class SyslogUdp : IDisposable
{
    private const string Label = "syslog-udp";
    private const int MaxDatagram = 64 << 10;
    private static readonly TimeSpan s_afterFault = TimeSpan.FromMilliseconds(10);
    private readonly Socket _socket;
    private readonly IngestPipeline _pipeline;
    private readonly SyslogOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _full = new(0, 1);
    private SyslogBatch _filling;
    private SyslogBatch _storing;

    public SyslogUdp(Socket socket, IngestPipeline pipeline, SyslogOptions options, TimeProvider clock, MetricSet metrics)
    {
        (_socket, _pipeline, _options, _clock) = (socket, pipeline, options, clock);
        _filling = new SyslogBatch(pipeline, Label, options.Zone);
        _storing = new SyslogBatch(pipeline, Label, options.Zone);
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        metrics.CounterOf(
            "tocsin_syslog_kernel_drops_total", "Datagrams that the kernel dropped because its buffer was full.",
            () => KernelDrops(port));
    }

    public async Task Run(CancellationToken cancel)
    {
        Task storing = Store(cancel);
        await Receive(cancel).ConfigureAwait(false);
        await storing.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _filling.Dispose();
        _storing.Dispose();
        _full.Dispose();
    }

    private async Task Receive(CancellationToken cancel)
    {
        byte[] datagram = GC.AllocateUninitializedArray<byte>(MaxDatagram);
        var senders = new Dictionary<SocketAddress, byte[]>();
        var from = new SocketAddress(_socket.AddressFamily);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                int length = await _socket.ReceiveFromAsync(datagram, SocketFlags.None, from, cancel).ConfigureAwait(false);
                Add(datagram.AsSpan(0, length).TrimEnd("\0\r\n"u8), Sender(senders, from));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The socket goes on; a lasting fault must not become a busy loop.
                await Task.Delay(s_afterFault, _clock, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Add(ReadOnlySpan<byte> message, byte[] sender)
    {
        if (message.IsEmpty)
            return;
        lock (_lock)
        {
            if (_filling.Length + message.Length > _options.MaxWaitingBytes)
            {
                _pipeline.Refuse(Label, "logs", RejectReason.Overloaded);
                return;
            }
            _filling.Add(message, sender);
            if (_filling.Length >= _options.BatchBytes && _full.CurrentCount == 0)
                _full.Release();
        }
    }

    private byte[] Sender(Dictionary<SocketAddress, byte[]> known, SocketAddress from)
    {
        if (known.TryGetValue(from, out byte[]? text))
            return text;
        // Forged senders must not fill the memory.
        if (known.Count >= 1024)
            known.Clear();
        var any = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        text = Encoding.ASCII.GetBytes(SyslogSender.Text(any.Create(from)));
        var copy = new SocketAddress(from.Family, from.Size);
        from.Buffer.Span[..from.Size].CopyTo(copy.Buffer.Span);
        known[copy] = text;
        return text;
    }

    private async Task Store(CancellationToken cancel)
    {
        bool last;
        do
        {
            last = cancel.IsCancellationRequested;
            if (!last)
                await Wait(cancel).ConfigureAwait(false);
            lock (_lock)
                (_filling, _storing) = (_storing, _filling);
            // Refused messages are booked as such: nobody waits for them, and others come.
            await _storing.Commit().ConfigureAwait(false);
            _storing.Clear();
        }
        while (!last);
    }

    private async Task Wait(CancellationToken cancel)
    {
        try
        {
            await _full.WaitAsync(_options.MaxDelay, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The last round follows.
        }
    }

    // The last column of the socket's line; Linux only.
    private static double KernelDrops(int port)
    {
        double drops = 0;
        foreach (string table in new[] { "/proc/net/udp", "/proc/net/udp6" })
        {
            if (!File.Exists(table))
                continue;
            foreach (string line in File.ReadLines(table))
            {
                string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length > 12 && columns[1].EndsWith($":{port:X4}", StringComparison.Ordinal)
                    && double.TryParse(columns[^1], NumberStyles.None, CultureInfo.InvariantCulture, out double count))
                    drops += count;
            }
        }
        return drops;
    }
}
