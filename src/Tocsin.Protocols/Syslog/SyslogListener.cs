using System.Net;
using System.Net.Sockets;
using Tocsin.Ingest;
using Tocsin.Model.Metrics;

namespace Tocsin.Protocols.Syslog;

/// <summary>
/// The sockets of syslog. Opened before the store, so that a taken port stops the start; what arrives until
/// <see cref="Run"/> waits in the kernel.
/// </summary>
public sealed class SyslogListener : IDisposable
{
    private readonly SyslogOptions _options;
    private readonly Socket? _tcp;
    private readonly Socket? _tls;
    private readonly Socket? _udp;

    private SyslogListener(SyslogOptions options)
    {
        _options = options;
        try
        {
            _tcp = options.TcpPort is { } tcp ? Bind("tcp", options.Address, tcp, SocketType.Stream) : null;
            _tls = options.Tls is { } tls ? Bind("tls", tls.Address, tls.Port, SocketType.Stream) : null;
            _udp = options.UdpPort is { } udp ? Bind("udp", options.Address, udp, SocketType.Dgram) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The ports really listened on; null when off.</summary>
    public int? TcpPort => (_tcp?.LocalEndPoint as IPEndPoint)?.Port;

    /// <inheritdoc cref="TcpPort"/>
    public int? TlsPort => (_tls?.LocalEndPoint as IPEndPoint)?.Port;

    /// <inheritdoc cref="TcpPort"/>
    public int? UdpPort => (_udp?.LocalEndPoint as IPEndPoint)?.Port;

    /// <exception cref="IOException">A port is taken; the message names it.</exception>
    public static SyslogListener Open(SyslogOptions options) => new(options);

    /// <summary>Receives until cancelled, then stores what has been received.</summary>
    public async Task Run(IngestPipeline pipeline, TimeProvider clock, MetricSet metrics, CancellationToken cancel)
    {
        var connections = new SyslogConnections(_options.MaxConnections, metrics);
        using var tcp = _tcp is null ? null : new SyslogTcp(_tcp, null, pipeline, _options, connections, clock);
        using var tls = _tls is null ? null : new SyslogTcp(_tls, _options.Tls, pipeline, _options, connections, clock);
        using var udp = _udp is null ? null : new SyslogUdp(_udp, pipeline, _options, clock, metrics);
        await Task.WhenAll(tcp?.Run(cancel) ?? Task.CompletedTask, tls?.Run(cancel) ?? Task.CompletedTask, udp?.Run(cancel) ?? Task.CompletedTask).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _tcp?.Dispose();
        _tls?.Dispose();
        _udp?.Dispose();
    }

    private static Socket Bind(string name, IPAddress address, int port, SocketType type)
    {
        var socket = new Socket(address.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        try
        {
            if (type == SocketType.Dgram)
                socket.ReceiveBufferSize = 4 << 20;
            socket.Bind(new IPEndPoint(address, port));
            if (type == SocketType.Stream)
                socket.Listen();
            return socket;
        }
        catch (SocketException taken)
        {
            socket.Dispose();
            throw new IOException($"syslog.{name}: cannot listen on {address}:{port}: {taken.Message}", taken);
        }
    }
}
