using System.Net;
using Tocsin.Protocols.Syslog;

namespace Tocsin.Server.Configuration;

/// <summary>Reads the section "syslog". Its address is its own: syslog knows no keys, so nothing opens it by the way.</summary>
internal static class SyslogSettings
{
    public static SyslogOptions Read(ConfigSection section)
    {
        int tcp = section.Int("tcp", -1, 0, 65535), udp = section.Int("udp", -1, 0, 65535);
        var options = new SyslogOptions
        {
            TcpPort = tcp < 0 ? null : tcp, UdpPort = udp < 0 ? null : udp,
            Address = Address(section), Zone = Zone(section),
        };
        section.RejectUnknown();
        return options;
    }

    private static IPAddress Address(ConfigSection section)
    {
        string text = section.String("address", "127.0.0.1");
        if (IPAddress.TryParse(text, out IPAddress? address))
            return address;
        section.Fail("address", $"an IP address to listen on is expected (127.0.0.1, 0.0.0.0, ::), found '{text}'");
        return IPAddress.Loopback;
    }

    private static TimeZoneInfo Zone(ConfigSection section)
    {
        if (section.String("time_zone") is not { } name)
            return TimeZoneInfo.Local;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone))
            return zone;
        section.Fail("time_zone", $"the name of a time zone is expected (UTC, Europe/Berlin), found '{name}'");
        return TimeZoneInfo.Local;
    }
}
