using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tocsin.Protocols.Syslog;

/// <summary>Syslog over TLS (RFC 5425): where to listen, who the server is, and whose senders it takes.</summary>
public sealed class SyslogTls
{
    private static readonly Oid s_clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly SslServerAuthenticationOptions _options;

    /// <param name="address">To listen on.</param>
    /// <param name="port">0: any free port.</param>
    /// <param name="certificate">With its key.</param>
    /// <param name="chain">Certificates between it and the authority, to be sent along; others do no harm.</param>
    /// <param name="clientAuthorities">Only senders with a certificate of one of them may write; empty: everybody may.</param>
    public SyslogTls(
        IPAddress address, int port, X509Certificate2 certificate, X509Certificate2Collection chain, X509Certificate2Collection clientAuthorities)
    {
        (Address, Port) = (address, port);
        _options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            ClientCertificateRequired = clientAuthorities.Count > 0,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (clientAuthorities.Count == 0)
            return;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(clientAuthorities);
        policy.ApplicationPolicy.Add(s_clientAuthentication);
        _options.CertificateChainPolicy = policy;
        _options.RemoteCertificateValidationCallback = static (_, sender, _, errors) => sender is not null && errors == SslPolicyErrors.None;
    }

    public IPAddress Address { get; }

    public int Port { get; }

    /// <summary>Throws what <see cref="IsRefusal"/> knows when there is nothing to agree on, or the sender is nobody we know.</summary>
    internal async Task<Stream> Open(Socket connection, CancellationToken cancel)
    {
        var stream = new SslStream(new NetworkStream(connection, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(_options, cancel).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal static bool IsRefusal(Exception error) =>
        error is AuthenticationException or IOException or SocketException or OperationCanceledException or CryptographicException;
}

/// <summary>Reads the PEM files of <see cref="SyslogTls"/>.</summary>
public static class SyslogPem
{
    /// <summary>The first certificate of the file with the key of the other; null with a reason when that cannot be had.</summary>
    public static (X509Certificate2? Certificate, string? Error) Own(string certificate, string key)
    {
        try
        {
            return (X509Certificate2.CreateFromPemFile(certificate, key), null);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return (null, broken.Message);
        }
    }

    /// <summary>All certificates of a file; none with a reason when there are none.</summary>
    public static (X509Certificate2Collection Certificates, string? Error) All(string path)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPemFile(path);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return ([], broken.Message);
        }
        return (all, all.Count > 0 ? null : "the file holds no certificate");
    }
}
