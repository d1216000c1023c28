using System.Net;
using Tocsin.Protocols.Syslog;

namespace Tocsin.Server.Configuration;

/// <summary>What the operator wrote, checked. Durations and ports are in range; the key of each setting is its YAML path.</summary>
public sealed record TocsinSettings
{
    public string DataDirectory { get; init; } = "tocsin-data";
    public IPAddress Address { get; init; } = IPAddress.Loopback;
    public int HttpPort { get; init; } = 4480;
    public int OtlpHttpPort { get; init; } = 4318;
    public int OtlpGrpcPort { get; init; } = 4317;

    /// <summary>Path below which a reverse proxy serves us, "" or "/tocsin".</summary>
    public string PathPrefix { get; init; } = "";

    /// <summary>How people reach the web page; used in notifications.</summary>
    public string? ExternalUrl { get; init; }
    public string? AdminPassword { get; init; }
    public IReadOnlyList<string> IngestKeys { get; init; } = [];
    public RetentionSettings Retention { get; init; } = new();
    public QuerySettings Query { get; init; } = new();

    /// <summary>In what time all stored bytes are compared with their checksums; zero: never.</summary>
    public TimeSpan ScrubPass { get; init; } = TimeSpan.FromDays(7);
    public IReadOnlyList<string> RedactKeys { get; init; } = [];
    public TimeSpan ReopenWindow { get; init; } = TimeSpan.FromHours(1);
    public int RateLimitAlerts { get; init; } = 5;
    public TimeSpan RateLimitWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Networks (CIDR) that notifications may go to although they are private or loopback.</summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];
    public IReadOnlyList<ChannelEntry> Channels { get; init; } = [];
    public SyslogOptions Syslog { get; init; } = new();

    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads all settings; <see cref="ConfigSource.Errors"/> holds what is wrong with them.</summary>
    public static TocsinSettings Read(ConfigSource source)
    {
        ConfigSection root = source.Section();
        ConfigSection http = root.Section("http"), otlp = root.Section("otlp"), auth = root.Section("auth");
        ConfigSection redaction = root.Section("redaction"), care = root.Section("care");
        ConfigSection alerts = root.Section("alerts"), limit = alerts.Section("rate_limit"), network = root.Section("network");
        var settings = new TocsinSettings
        {
            DataDirectory = root.String("data", "tocsin-data"),
            ExternalUrl = Url(root, "external_url"),
            Address = ReadAddress(http),
            HttpPort = http.Int("port", 4480, 0, 65535),
            PathPrefix = Prefix(http),
            OtlpHttpPort = otlp.Int("http_port", 4318, 0, 65535),
            OtlpGrpcPort = otlp.Int("grpc_port", 4317, 0, 65535),
            AdminPassword = auth.String("admin_password"),
            IngestKeys = auth.Strings("ingest_keys"),
            ScrubPass = TimeSpan.FromDays(care.Int("scrub_days", 7, 0, 365)),
            Retention = RetentionSettings.Read(root.Section("retention")),
            Query = QuerySettings.Read(root.Section("query")),
            RedactKeys = redaction.Strings("keys"),
            ReopenWindow = alerts.Duration("reopen_window", TimeSpan.FromHours(1)),
            RateLimitWindow = TimeSpan.FromMinutes(limit.Int("window_minutes", 5, 1, 1440)),
            RateLimitAlerts = limit.Int("max_alerts", 5, 1, 10_000),
            AllowedNetworks = Networks(network),
            Channels = ReadChannels(root),
            Syslog = SyslogSettings.Read(root.Section("syslog")),
        };
        if (!settings.IsLoopback && (string.IsNullOrEmpty(settings.AdminPassword) || settings.IngestKeys.Count == 0))
            http.Fail("address", $"listening on {settings.Address} lets other machines in: set auth.admin_password and "
                + "auth.ingest_keys as well, or keep the address 127.0.0.1");
        foreach (ConfigSection section in new[] { root, http, otlp, auth, redaction, care, alerts, limit, network })
            section.RejectUnknown();
        return settings;
    }

    private static IPAddress ReadAddress(ConfigSection http)
    {
        string text = http.String("address", "127.0.0.1");
        if (text == "localhost")
            return IPAddress.Loopback;
        if (IPAddress.TryParse(text, out IPAddress? address))
            return address;
        http.Fail("address", $"an IP address to listen on is expected (127.0.0.1, 0.0.0.0, ::1), found '{text}'");
        return IPAddress.Loopback;
    }

    private static string Prefix(ConfigSection http)
    {
        string text = http.String("path_prefix", "");
        if (text.Length == 0 || (text[0] == '/' && text[^1] != '/'))
            return text;
        http.Fail("path_prefix", $"a path that begins with '/' and does not end with one is expected, found '{text}'");
        return "";
    }

    private static string? Url(ConfigSection section, string key)
    {
        string? text = section.String(key);
        if (text is null || (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"))
            return text?.TrimEnd('/');
        section.Fail(key, $"an http or https address is expected, found '{text}'");
        return null;
    }

    private static IReadOnlyList<string> Networks(ConfigSection network)
    {
        IReadOnlyList<string> allow = network.Strings("allow");
        foreach (string cidr in allow.Where(cidr => !IPNetwork.TryParse(cidr, out _)))
            network.Fail("allow", $"networks such as 10.0.0.0/8 or 127.0.0.1/32 are expected, found '{cidr}'");
        return [.. allow.Where(cidr => IPNetwork.TryParse(cidr, out _))];
    }

    private static IReadOnlyList<ChannelEntry> ReadChannels(ConfigSection root)
    {
        var channels = new List<ChannelEntry>();
        foreach (ConfigSection section in root.Sections("channels"))
        {
            var values = section.Flat().ToDictionary(StringComparer.Ordinal);
            if (!values.Remove("name", out string? name) || !values.Remove("kind", out string? kind))
            {
                section.Fail("name", "each channel needs a name and a kind (webhook, slack, email)");
                continue;
            }
            if (channels.Any(c => c.Name == name))
                section.Fail("name", $"two channels are called '{name}'; names must differ");
            channels.Add(new ChannelEntry(name, kind, values, section));
        }
        return channels;
    }
}

/// <summary>One channel as written; the channel itself knows which values it needs.</summary>
public sealed record ChannelEntry(string Name, string Kind, IReadOnlyDictionary<string, string> Values, ConfigSection Section);
