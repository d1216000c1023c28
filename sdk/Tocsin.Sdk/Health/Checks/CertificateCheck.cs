using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health.Checks;

/// <summary>How long a certificate remains valid: that of a TLS endpoint, or one in a file.</summary>
internal sealed class CertificateCheck(
    Func<CancellationToken, Task<X509Certificate2>> read, TimeSpan warnWithin, TimeSpan unhealthyWithin,
    TimeProvider clock) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var certificate = await read(cancellationToken).ConfigureAwait(false);
        var left = certificate.NotAfter.ToUniversalTime() - clock.GetUtcNow().UtcDateTime;
        var early = certificate.NotBefore.ToUniversalTime() > clock.GetUtcNow().UtcDateTime;
        var status = early || left <= unhealthyWithin ? HealthStatus.Unhealthy
            : left <= warnWithin ? HealthStatus.Degraded : HealthStatus.Healthy;
        var text = early ? "not valid yet"
            : left <= TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"expired {-left.TotalDays:0.#} days ago")
            : string.Create(CultureInfo.InvariantCulture, $"expires in {left.TotalDays:0.#} days");
        return new HealthCheckResult(status, text, data: new Dictionary<string, object>
        {
            ["subject"] = certificate.Subject,
            ["expires"] = certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["days_left"] = Math.Round(left.TotalDays, 1),
        });
    }

    /// <summary>What the endpoint shows, trusted or not: an expired certificate is what is looked for.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "Only the certificate is read; nothing is sent.")]
    public static async Task<X509Certificate2> OfEndpoint(string host, int port, CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, cancel).ConfigureAwait(false);
        X509Certificate2? shown = null;
        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
        await using (tls.ConfigureAwait(false))
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        shown = certificate is null ? null : new X509Certificate2(certificate);
                        return true;
                    },
                }, cancel).ConfigureAwait(false);
        }
        return shown ?? throw new InvalidOperationException($"{host}:{port} shows no certificate");
    }

    /// <summary>A file in PEM or DER; with a password, PKCS #12 (.pfx).</summary>
    public static Task<X509Certificate2> OfFile(string path, string? password)
    {
#if NET9_0_OR_GREATER
        return Task.FromResult(password is null
            ? X509CertificateLoader.LoadCertificateFromFile(path)
            : X509CertificateLoader.LoadPkcs12FromFile(path, password));
#else
        return Task.FromResult(new X509Certificate2(path, password));
#endif
    }
}
