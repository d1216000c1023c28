using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Protocols.Syslog;
using Tocsin.Protocols.Tests.Otlp;

namespace Tocsin.Protocols.Tests.Syslog;

/// <summary>RFC 5425: octet counted messages inside TLS, from senders that may have to say who they are.</summary>
public sealed class SyslogTlsTests : IAsyncDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly MetricSet _metrics = new();
    private SyslogListener? _listener;
    private Host? _host;
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task Counted_messages_are_stored_however_they_are_cut()
    {
        await Start();
        using (SslStream tls = await Connect())
        {
            (tls.SslProtocol is SslProtocols.Tls12 or SslProtocols.Tls13).ShouldBeTrue();
            await tls.WriteAsync(Encoding.UTF8.GetBytes(Counted("<11>1 - box shop - - - first ✗") + Counted("<13>1 - box shop - - - two\nlines") + "25 <14>1 - box"));
            await tls.WriteAsync(Encoding.UTF8.GetBytes(" - - - - third"));
            await tls.ShutdownAsync();
        }
        IReadOnlyList<string> rows = await Rows(3);
        foreach (string text in new[] { "first ✗", "two\\nlines", "third" })
            rows.ShouldContain(r => r.Contains($"\"@body\":\"{text}\""), string.Join("\n", rows));
        await Stop();
        _host!.Totals("syslog-tls", "logs").Stored.ShouldBe(3);
        _host.ShouldBalance();
    }

    [Fact]
    public async Task Only_senders_of_the_authority_are_taken_when_one_is_named()
    {
        await Start(clientCa: _authority.Certificate);
        using var stranger = new TestAuthority("Somebody Else");
        (await TrySend("nobody", null)).ShouldBeFalse();
        (await TrySend("stranger", stranger.Issue("stranger", server: false))).ShouldBeFalse();
        (await TrySend("a server", _authority.Issue("other", server: true))).ShouldBeFalse();
        (await TrySend("a friend", _authority.Issue("friend", server: false))).ShouldBeTrue();
        (await Rows(1)).ShouldHaveSingleItem().ShouldContain("a friend");
        await OtlpHttpTests.Eventually(() => _metrics.WritePrometheusText().Contains("tocsin_syslog_failed_handshakes_total 3"));
        await OtlpHttpTests.Eventually(() => _metrics.WritePrometheusText().Contains("tocsin_syslog_connections 0"));
    }

    [Fact]
    public async Task Who_speaks_no_tls_is_refused_and_others_go_on()
    {
        await Start();
        using (var plain = new TcpClient())
        {
            await plain.ConnectAsync(IPAddress.Loopback, _listener!.TlsPort!.Value);
            await plain.GetStream().WriteAsync("<13>in the clear\n"u8.ToArray());
            await OtlpHttpTests.Eventually(() => _metrics.WritePrometheusText().Contains("tocsin_syslog_failed_handshakes_total 1"));
        }
        (await TrySend("hidden", null)).ShouldBeTrue();
        (await Rows(1)).ShouldHaveSingleItem().ShouldContain("hidden");
    }

    [Fact]
    public async Task What_was_received_is_stored_when_the_server_ends()
    {
        await Start();
        using SslStream tls = await Connect();
        await tls.WriteAsync(Encoding.UTF8.GetBytes(Counted("<13>early")));
        await Rows(1);
        await tls.WriteAsync(Encoding.UTF8.GetBytes(Counted("<13>late")));
        await Rows(2);
        await Stop();
        _host!.ShouldBalance();
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        await Start();
        Should.Throw<IOException>(() => SyslogListener.Open(new SyslogOptions { Tls = Tls(_listener!.TlsPort!.Value, null) }))
            .Message.ShouldStartWith($"syslog.tls: cannot listen on 127.0.0.1:{_listener!.TlsPort}");
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task The_real_openssl_is_understood(string version)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "openssl is not installed");
        await Start(clientCa: _authority.Certificate);
        (string certificate, string key) = _authority.Issue("sender", server: false);
        var start = new ProcessStartInfo("/usr/bin/openssl",
        [
            "s_client", "-connect", $"127.0.0.1:{_listener!.TlsPort}", "-CAfile", _authority.Certificate, "-verify_return_error", "-verify_ip", "127.0.0.1",
            "-cert", certificate, "-key", key, version, "-quiet", "-no_ign_eof",
        ])
        { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using Process client = Process.Start(start)!;
        await client.StandardInput.WriteAsync(Counted("<11>1 - box shop 42 - - sent by openssl"));
        await client.StandardInput.FlushAsync();
        string row = (await Rows(1)).ShouldHaveSingleItem();
        row.ShouldContain("\"@body\":\"sent by openssl\"");
        row.ShouldContain("\"process.pid\":42");
        client.StandardInput.Close();
        await client.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _listener?.Dispose();
        _stop.Dispose();
        _authority.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
    }

    private static string Counted(string message) => $"{Encoding.UTF8.GetByteCount(message)} {message}";

    private SyslogTls Tls(int port, string? clientCa)
    {
        (string certificate, string key) = _authority.Issue("server", server: true);
        (X509Certificate2? own, string? error) = SyslogPem.Own(certificate, key);
        error.ShouldBeNull();
        return new SyslogTls(
            IPAddress.Loopback, port, own!, SyslogPem.All(certificate).Certificates, clientCa is null ? [] : SyslogPem.All(clientCa).Certificates);
    }

    private async Task Start(string? clientCa = null)
    {
        _listener = SyslogListener.Open(new SyslogOptions { Tls = Tls(0, clientCa) });
        _host = await Host.Start(new IngestOptions { RetryAfter = TimeSpan.FromMilliseconds(50) });
        _running = _listener.Run(_host.Pipeline, TimeProvider.System, _metrics, _stop.Token);
    }

    private async Task Stop()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task<IReadOnlyList<string>> Rows(int count)
    {
        await OtlpHttpTests.Eventually(() => _host!.Pipeline.Totals().Sum(t => t.Stored) >= count);
        return _host!.Rows(Dataset.Logs);
    }

    private async Task<SslStream> Connect((string Certificate, string Key)? identity = null)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _listener!.TlsPort!.Value);
        var tls = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(_authority.Certificate);
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy };
        if (identity is { } own)
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(own.Certificate, own.Key)];
        await tls.AuthenticateAsClientAsync(options);
        return tls;
    }

    /// <summary>False when the server hangs up instead of waiting for more.</summary>
    private async Task<bool> TrySend(string text, (string Certificate, string Key)? identity)
    {
        try
        {
            using SslStream tls = await Connect(identity);
            await tls.WriteAsync(Encoding.UTF8.GetBytes(Counted($"<13>1 - box shop - - - {text}")));
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            return await tls.ReadAsync(new byte[1], soon.Token) > 0;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return false;
        }
    }
}
