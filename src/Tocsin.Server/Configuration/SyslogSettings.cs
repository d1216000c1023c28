using System.Net;
using System.Security.Cryptography.X509Certificates;
using Tocsin.Protocols.Syslog;

namespace Tocsin.Server.Configuration;

/// <summary>Reads the section "syslog". Its address is its own: syslog knows no keys, so nothing opens it by the way.</summary>
internal static class SyslogSettings
{
    public static SyslogOptions Read(ConfigSection section)
    {
        int tcp = section.Int("tcp", -1, 0, 65535), udp = section.Int("udp", -1, 0, 65535);
        IPAddress address = Address(section, IPAddress.Loopback);
        var options = new SyslogOptions
        {
            TcpPort = tcp < 0 ? null : tcp, UdpPort = udp < 0 ? null : udp,
            Address = address, Zone = Zone(section), Tls = Tls(section.Section("tls"), address),
        };
        section.RejectUnknown();
        return options;
    }

    /// <summary>The files are read here, so that a wrong one stops the start and has its place in the configuration.</summary>
    private static SyslogTls? Tls(ConfigSection section, IPAddress usual)
    {
        int port = section.Int("port", -1, 0, 65535);
        IPAddress address = Address(section, usual);
        string? certificate = section.String("certificate"), key = section.String("key"), clientCa = section.String("client_ca");
        section.RejectUnknown();
        if (port < 0 && certificate is null && key is null && clientCa is null)
            return null;
        if (port < 0)
            section.Fail("port", "the port to listen on is expected, usually 6514");
        if (certificate is null || key is null)
        {
            section.Fail(certificate is null ? "certificate" : "key", "a path to a PEM file is expected");
            return null;
        }
        (X509Certificate2? own, string? error) = SyslogPem.Own(certificate, key);
        if (own is null)
            section.Fail("certificate", $"PEM files with a certificate and its key are expected, but {certificate} with {key} cannot be used: {error}");
        X509Certificate2Collection authorities = [];
        if (clientCa is not null)
        {
            (authorities, error) = SyslogPem.All(clientCa);
            if (error is not null)
                section.Fail("client_ca", $"a PEM file with certificates is expected, but {clientCa} cannot be used: {error}");
        }
        return own is null || port < 0 || clientCa is not null && authorities.Count == 0
            ? null : new SyslogTls(address, port, own, SyslogPem.All(certificate).Certificates, authorities);
    }

    private static IPAddress Address(ConfigSection section, IPAddress usual)
    {
        if (section.String("address") is not { } text)
            return usual;
        if (IPAddress.TryParse(text, out IPAddress? address))
            return address;
        section.Fail("address", $"an IP address to listen on is expected (127.0.0.1, 0.0.0.0, ::), found '{text}'");
        return usual;
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
