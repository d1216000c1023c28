using Tocsin.Model.Metrics;

namespace Tocsin.Protocols.Syslog;

/// <summary>Counts open connections, encrypted or not, and lets no more in than there may be. Any thread.</summary>
internal sealed class SyslogConnections
{
    private readonly int _most;
    private readonly Counter _refused, _unsafe;
    private int _open, _taken;

    public SyslogConnections(int most, MetricSet metrics)
    {
        _most = most;
        _refused = metrics.Counter("tocsin_syslog_refused_connections_total", "Syslog connections beyond the limit.");
        _unsafe = metrics.Counter("tocsin_syslog_failed_handshakes_total", "Syslog connections with which no TLS could be agreed on, or whose certificate is not trusted.");
        metrics.Gauge("tocsin_syslog_connections", "Open syslog connections.", () => Volatile.Read(ref _open));
    }

    /// <summary>False when there is no room; else <see cref="Leave"/> gives it back.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= _most)
            return true;
        Leave();
        _refused.Add();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _taken);

    public void Opened() => Interlocked.Increment(ref _open);

    public void Closed() => Interlocked.Decrement(ref _open);

    public void HandshakeFailed() => _unsafe.Add();
}
