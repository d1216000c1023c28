using System.Net;
using System.Net.Sockets;

namespace Tocsin.Channels;

/// <summary>
/// Keeps notifications from being turned into requests to the inside of the network: every connection is checked at the
/// address it is really made to, after name resolution, so neither a name nor an odd way to write an address gets round.
/// </summary>
public sealed class SsrfGuard(IReadOnlyList<IPNetwork> allowed)
{
    private static readonly (IPNetwork Network, string What)[] Refused =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"),
        (IPNetwork.Parse("10.0.0.0/8"), "private"),
        (IPNetwork.Parse("100.64.0.0/10"), "carrier-grade NAT"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("168.63.129.16/32"), "cloud metadata"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local"),
        (IPNetwork.Parse("172.16.0.0/12"), "private"),
        (IPNetwork.Parse("192.0.0.0/24"), "reserved"),
        (IPNetwork.Parse("192.0.2.0/24"), "documentation"),
        (IPNetwork.Parse("192.168.0.0/16"), "private"),
        (IPNetwork.Parse("198.18.0.0/15"), "benchmark"),
        (IPNetwork.Parse("198.51.100.0/24"), "documentation"),
        (IPNetwork.Parse("203.0.113.0/24"), "documentation"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/96"), "unspecified or loopback"),
        (IPNetwork.Parse("100::/64"), "discard"),
        (IPNetwork.Parse("2001::/23"), "reserved"),
        (IPNetwork.Parse("2001:db8::/32"), "documentation"),
        (IPNetwork.Parse("3fff::/20"), "documentation"),
        (IPNetwork.Parse("64:ff9b:1::/48"), "private"),
        (IPNetwork.Parse("fc00::/7"), "private"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("fec0::/10"), "private"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Why the address must not be reached, null when it may.</summary>
    public string? Refusal(IPAddress address)
    {
        IPAddress real = Embedded(address);
        if (allowed.Any(network => network.Contains(real) || network.Contains(address)))
            return null;
        foreach ((IPNetwork network, string what) in Refused)
        {
            if (network.Contains(real))
                return $"{real} is a {what} address; add it to network.allow if notifications may go there";
        }
        return null;
    }

    /// <summary>Resolves, checks, connects: what <see cref="SocketsHttpHandler.ConnectCallback"/> is given.</summary>
    /// <exception cref="AddressRefusedException">No address of the host may be reached.</exception>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        DnsEndPoint target = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(target.Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(target.Host, cancel).ConfigureAwait(false);
        IPAddress[] open = [.. addresses.Where(a => Refusal(a) is null)];
        if (open.Length == 0)
            throw new AddressRefusedException(addresses.Length == 0
                ? $"{target.Host} has no address"
                : Refusal(addresses[0])!);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, target.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The IPv4 address inside an IPv6 one that leads to it: mapped, NAT64, 6to4.</summary>
    private static IPAddress Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        ReadOnlySpan<byte> bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
            return new IPAddress(bytes[12..]);
        return SixToFour.Contains(address) ? new IPAddress(bytes[2..6]) : address;
    }
}

/// <summary>The connection was not made because of where it would have gone.</summary>
public sealed class AddressRefusedException(string message) : Exception(message);
