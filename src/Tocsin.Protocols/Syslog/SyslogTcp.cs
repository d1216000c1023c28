using System.Net;
using System.Net.Sockets;
using System.Text;
using Tocsin.Ingest;

namespace Tocsin.Protocols.Syslog;

/// <summary>
/// Syslog over TCP, plain or inside TLS. While the store is busy a connection is not read, so that the sender's own queue holds what comes:
/// nothing is dropped but what was received when the server ends.
/// </summary>
internal sealed class SyslogTcp : IDisposable
{
    /// <summary>Who has not agreed on TLS by then holds a place that others want.</summary>
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly SyslogTls? _tls;
    private readonly string _label;
    private readonly IngestPipeline _pipeline;
    private readonly SyslogOptions _options;
    private readonly TimeProvider _clock;
    private readonly SyslogConnections _connections;
    private readonly HashSet<Task> _serving = [];

    /// <param name="listener">Owned from now on.</param>
    /// <param name="tls">Null: plain.</param>
    /// <param name="pipeline">Takes the messages.</param>
    /// <param name="options">Limits.</param>
    /// <param name="connections">Shared with other listeners.</param>
    /// <param name="clock">For waiting.</param>
    public SyslogTcp(
        Socket listener, SyslogTls? tls, IngestPipeline pipeline, SyslogOptions options, SyslogConnections connections, TimeProvider clock)
    {
        (_listener, _tls, _pipeline, _options, _connections, _clock) = (listener, tls, pipeline, options, connections, clock);
        _label = tls is null ? "syslog-tcp" : "syslog-tls";
    }

    public async Task Run(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                Socket connection = await _listener.AcceptAsync(cancel).ConfigureAwait(false);
                _serving.RemoveWhere(c => c.IsCompleted);
                if (_connections.TryEnter())
                    _serving.Add(Serve(connection, cancel));
                else
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
        await Task.WhenAll(_serving).ConfigureAwait(false);
    }

    public void Dispose() => _listener.Dispose();

    private async Task Serve(Socket connection, CancellationToken cancel)
    {
        await Task.Yield();
        try
        {
            byte[] sender = Encoding.ASCII.GetBytes(SyslogSender.Text(connection.RemoteEndPoint));
            if (await Open(connection, cancel).ConfigureAwait(false) is { } stream)
                await Serve(stream, sender, cancel).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
        {
            // It was gone before it could say anything.
        }
        finally
        {
            connection.Dispose();
            _connections.Leave();
        }
    }

    /// <summary>Null when no TLS came about.</summary>
    private async Task<Stream?> Open(Socket connection, CancellationToken cancel)
    {
        connection.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (_tls is null)
            return new NetworkStream(connection, ownsSocket: true);
        using var patience = new CancellationTokenSource(s_handshake, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            return await _tls.Open(connection, either.Token).ConfigureAwait(false);
        }
        catch (Exception refused) when (SyslogTls.IsRefusal(refused))
        {
            if (!cancel.IsCancellationRequested)
                _connections.HandshakeFailed();
            return null;
        }
    }

    private async Task Serve(Stream connection, byte[] sender, CancellationToken cancel)
    {
        _connections.Opened();
        using var frames = new SyslogFrames(_options.MaxMessageBytes);
        using var batch = new SyslogBatch(_pipeline, _label, _options.Zone);
        try
        {
            await Receive(connection, frames, batch, sender, cancel).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of a connection. What it brought is stored below.
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            ReadOnlySpan<byte> last = frames.Last();
            if (!last.IsEmpty)
                batch.Add(last, sender);
            else if (frames.HasRest)
                _pipeline.Refuse(_label, "logs", RejectReason.Malformed);
            await Store(batch, cancel).ConfigureAwait(false);
            _connections.Closed();
        }
    }

    private async Task Receive(
        Stream connection, SyslogFrames frames, SyslogBatch batch, byte[] sender, CancellationToken cancel)
    {
        long begun = 0, tooLong = 0;
        Task<int>? reading = null;
        while (true)
        {
            reading ??= connection.ReadAsync(frames.Space(), cancel).AsTask();
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
                _pipeline.Refuse(_label, "logs", RejectReason.RecordTooLarge);
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
