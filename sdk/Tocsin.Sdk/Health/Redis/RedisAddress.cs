using System.Globalization;

namespace TocsinSdk.Health.Redis;

/// <summary>Where a Redis server is and how to get in.</summary>
internal sealed record RedisAddress(string Host, int Port)
{
    public const int DefaultPort = 6379;

    public bool Tls { get; init; }
    public string? User { get; init; }
    public string? Password { get; init; }

    /// <summary>
    /// Reads an address as redis-cli has it (redis://user:password@host:port, rediss:// for TLS) or as
    /// StackExchange.Redis has it (host:port,user=…,password=…,ssl=true; the first host, other options are not looked at).
    /// </summary>
    /// <exception cref="FormatException">It is neither; the message never repeats the text, which may hold a password.</exception>
    public static RedisAddress Parse(string text)
    {
        if (text.StartsWith("redis://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase))
            return OfUri(text);
        RedisAddress? address = null;
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=');
            if (equals < 0)
                address ??= OfEndpoint(part);
            else if (address is not null)
                address = With(address, part[..equals].Trim(), part[(equals + 1)..].Trim());
        }
        return address ?? throw Unknown();
    }

    private static RedisAddress OfUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw Unknown();
        var colon = uri.UserInfo.IndexOf(':');
        var (user, password) = colon >= 0 ? (uri.UserInfo[..colon], uri.UserInfo[(colon + 1)..]) : ("", uri.UserInfo);
        return new RedisAddress(uri.IdnHost, uri.Port > 0 ? uri.Port : DefaultPort)
        {
            Tls = uri.Scheme == "rediss",
            User = user.Length > 0 ? Uri.UnescapeDataString(user) : null,
            Password = password.Length > 0 ? Uri.UnescapeDataString(password) : null,
        };
    }

    private static RedisAddress OfEndpoint(string part)
    {
        var (host, port) = (part, DefaultPort);
        var colon = part.LastIndexOf(':');
        // An IPv6 address without brackets has colons of its own, and no port.
        if (colon > 0 && (part[..colon].EndsWith(']') || part.IndexOf(':') == colon))
        {
            host = part[..colon];
            if (!int.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port is < 1 or > 65535)
                throw Unknown();
        }
        host = host.Trim('[', ']');
        return host.Length > 0 ? new RedisAddress(host, port) : throw Unknown();
    }

    private static RedisAddress With(RedisAddress address, string key, string value) => key.ToLowerInvariant() switch
    {
        "user" => address with { User = value.Length > 0 ? value : null },
        "password" => address with { Password = value.Length > 0 ? value : null },
        "ssl" => address with { Tls = value.Equals("true", StringComparison.OrdinalIgnoreCase) },
        _ => address,
    };

    private static FormatException Unknown() => new(
        "the address of Redis cannot be read; expected redis://user:password@host:port or host:port,password=…");
}
