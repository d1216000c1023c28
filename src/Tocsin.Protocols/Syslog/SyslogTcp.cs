using System.Net;
using System.Net.Sockets;
using System.Text;
using Tocsin.Ingest;
using Tocsin.Model.Metrics;

namespace Tocsin.Protocols.Syslog;

/// <summary>
/// Syslog over TCP. While the store is busy a connection is not read, so that the sender's own queue holds what comes:
/// nothing is dropped but what was received when the server ends.
/// </summary>
internal sealed class SyslogTcp : IDisposable
{
    private const string Label = "syslog-tcp";
    private readonly Socket _listener;
    private readonly IngestPipeline _pipeline;
    private readonly SyslogOptions _options;
    private readonly TimeProvider _clock;
    private readonly Counter _refused;
    private readonly HashSet<Task> _connections = [];
    private int _open;

    public SyslogTcp(Socket listener, IngestPipeline pipeline, SyslogOptions options, TimeProvider clock, MetricSet metrics)
    {
        (_listener, _pipeline, _options, _clock) = (listener, pipeline, options, clock);
        _refused = metrics.Counter("tocsin_syslog_refused_connections_total", "Syslog connections beyond the limit.");
        metrics.Gauge("tocsin_syslog_connections", "Open syslog connections.", () => Volatile.Read(ref _open));
    }

    public async Task Run(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                Socket connection = await _listener.AcceptAsync(cancel).ConfigureAwait(false);
                _connections.RemoveWhere(c => c.IsCompleted);
                if (_connections.Count < _options.MaxConnections)
                {
                    _connections.Add(Serve(connection, cancel));
                    continue;
                }
                _refused.Add();
                connection.Dispose();
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException)
            {
                // Out of descriptors, or the client left before it was accepted: neither may end the listening.
                await Pause(_options.MaxDelay, cancel).ConfigureAwait(false);
            }
        }
        await Task.WhenAll(_connections).ConfigureAwait(false);
    }

    public void Dispose() => _listener.Dispose();

    private async Task Serve(Socket connection, CancellationToken cancel)
    {
        await Task.Yield();
        Interlocked.Increment(ref _open);
        using var frames = new SyslogFrames(_options.MaxMessageBytes);
        using var batch = new SyslogBatch(_pipeline, Label, _options.Zone);
        byte[] sender = Encoding.ASCII.GetBytes(SyslogSender.Text(connection.RemoteEndPoint));
        try
        {
            connection.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await Receive(connection, frames, batch, sender, cancel).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of a connection. What it brought is stored below.
        }
        finally
        {
            connection.Dispose();
            ReadOnlySpan<byte> last = frames.Last();
            if (!last.IsEmpty)
                batch.Add(last, sender);
            else if (frames.HasRest)
                _pipeline.Refuse(Label, "logs", RejectReason.Malformed);
            await Store(batch, cancel).ConfigureAwait(false);
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task Receive(
        Socket connection, SyslogFrames frames, SyslogBatch batch, byte[] sender, CancellationToken cancel)
    {
        long begun = 0, tooLong = 0;
        Task<int>? reading = null;
        while (true)
        {
            reading ??= connection.ReceiveAsync(frames.Space(), cancel).AsTask();
            TimeSpan left = _options.MaxDelay - _clock.GetElapsedTime(begun);
            bool full = batch.Length >= _options.BatchBytes;
            if (batch.Length > 0 && (full || !await Arrives(reading, left).ConfigureAwait(false)))
            {
                await Store(batch, cancel).ConfigureAwait(false);
                continue;
            }
            int read = await reading.ConfigureAwait(false);
            reading = null;
            if (read == 0)
                return;
            frames.Advance(read);
            bool first = batch.Length == 0;
            while (frames.Next(out ReadOnlySpan<byte> message))
                batch.Add(message, sender);
            if (first)
                begun = _clock.GetTimestamp();
            for (; tooLong < frames.TooLong; tooLong++)
                _pipeline.Refuse(Label, "logs", RejectReason.RecordTooLarge);
        }
    }

    private async Task<bool> Arrives(Task reading, TimeSpan left)
    {
        if (reading.IsCompleted || left <= TimeSpan.Zero)
            return reading.IsCompleted && left > TimeSpan.Zero;
        using var done = new CancellationTokenSource();
        Task first = await Task.WhenAny(reading, Task.Delay(left, _clock, done.Token)).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        return first == reading;
    }

    // Tries until it is stored; only the server's end gives up, and then the refusal is in the books.
    private async Task Store(SyslogBatch batch, CancellationToken cancel)
    {
        while (await batch.Commit().ConfigureAwait(false) != IngestStatus.Stored && !cancel.IsCancellationRequested)
            await Pause(_pipeline.Options.RetryAfter, cancel).ConfigureAwait(false);
    }

    private async Task Pause(TimeSpan time, CancellationToken cancel) =>
        await Task.Delay(time, _clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

/// <summary>The address a message came from, as the host of messages that name none.</summary>
internal static class SyslogSender
{
    public static string Text(EndPoint? sender)
    {
        IPAddress address = (sender as IPEndPoint)?.Address ?? IPAddress.None;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
