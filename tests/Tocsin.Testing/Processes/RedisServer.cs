using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tocsin.Testing.Processes;

/// <summary>
/// A real Redis on free ports, one plain and one with TLS (a certificate of its own, for localhost), that asks for the
/// password; user "worker" has one of its own.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    public const string Password = "open, sesame", WorkerPassword = "w0rk3r:pass";

    private readonly DaemonProcess _daemon;

    private RedisServer(DaemonProcess daemon) => _daemon = daemon;

    public static string Program => "/usr/bin/redis-server";

    public int Port { get; } = Loopback.FreePort();

    public int TlsPort { get; } = Loopback.FreePort();

    /// <summary>SHA-256 of the certificate that is shown on the TLS port, hexadecimal.</summary>
    public string Thumbprint { get; private set; } = "";

    public string CertificateFile => Path.Combine(_daemon.Folder, "server.crt");

    /// <summary>Null when Redis is installed, else why tests must skip.</summary>
    public static string? Missing => File.Exists(Program) ? null : "Redis is not installed (Debian package redis-server)";

    /// <param name="certificateLife">Of the certificate on the TLS port, from now.</param>
    /// <param name="open">Whether the plain port asks for no password.</param>
    public static async Task<RedisServer> Start(TimeSpan? certificateLife = null, bool open = false)
    {
        var server = new RedisServer(DaemonProcess.For("nobody"));
        server.Certify(certificateLife ?? TimeSpan.FromDays(90));
        await File.WriteAllTextAsync(server.Configuration, $"""
            bind 127.0.0.1
            port {server.Port}
            tls-port {server.TlsPort}
            tls-cert-file {server.CertificateFile}
            tls-key-file {Path.Combine(server._daemon.Folder, "server.key")}
            tls-auth-clients no
            {(open ? "" : $"requirepass \"{Password}\"")}
            user worker on ">{WorkerPassword}" +ping +info
            save ""
            dir {server._daemon.Folder}
            """);
        await server._daemon.HandOver();
        await server.Again();
        return server;
    }

    public Task Kill() => _daemon.Kill();

    /// <summary>Starts it where it was.</summary>
    public Task Again() => _daemon.Start(Port, Program, Configuration);

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    private string Configuration => Path.Combine(_daemon.Folder, "redis.conf");

    private void Certify(TimeSpan life)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate =
            request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow + life);
        Thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_daemon.Folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
