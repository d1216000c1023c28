using System.Net;

namespace Tocsin.Protocols.Syslog;

/// <summary>Where to listen for syslog. Without ports nothing listens.</summary>
public sealed record SyslogOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Null: off. 0: any free port.</summary>
    public int? TcpPort { get; init; }

    /// <inheritdoc cref="TcpPort"/>
    public int? UdpPort { get; init; }

    /// <summary>Null: off.</summary>
    public SyslogTls? Tls { get; init; }

    /// <summary>Of the times of RFC 3164, which do not say.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;

    /// <summary>A longer message is rejected. As one value of a record may be.</summary>
    public int MaxMessageBytes { get; init; } = 256 << 10;

    /// <summary>
    /// Messages wait so long for company before they are written: syslog has no acknowledgement that could wait for the
    /// disk, and a sync for each would be a waste.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Nor for more company than this.</summary>
    public int BatchBytes { get; init; } = 256 << 10;

    /// <summary>Datagrams that may wait while the disk is busy. What comes beyond is dropped and counted.</summary>
    public int MaxWaitingBytes { get; init; } = 8 << 20;

    /// <summary>More connections are closed at once and counted: each may hold a message and a batch in memory.</summary>
    public int MaxConnections { get; init; } = 128;
}
