using System.Security.Cryptography.X509Certificates;
using System.Text;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Transport;

/// <summary>Processes whose telemetry goes over TLS, where their machine trusts the server's certificate, or does not.</summary>
public sealed class SecureServersTests : IDisposable
{
    private readonly X509Certificate2 _certificate = SelfMade.Certificate();
    private readonly ReceivingServer _secure, _tocsin = new();
    private readonly TempFolder _state = new();

    public SecureServersTests()
    {
        _secure = new ReceivingServer(_certificate);
        File.WriteAllText(Trusted, _certificate.ExportCertificatePem());
    }

    private string Trusted => Path.Combine(_state.Path, "trusted.pem");

    public void Dispose()
    {
        _secure.Dispose();
        _tocsin.Dispose();
        _certificate.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void A_trusted_server_gets_everything()
    {
        using var child = Run(_secure.Url, "http/protobuf", ("SSL_CERT_FILE", Trusted));
        child.ExitCode().ShouldBe(0);
        Text(_secure.At("/v1/logs")).ShouldContain("about to clean");
        child.Output.ShouldContain($"tocsin: telemetry -> {_secure.Url}: ok");
    }

    [Fact]
    public void A_trusted_server_behind_a_proxy_gets_everything_through_a_tunnel()
    {
        using var proxy = new ForwardProxy(_secure.Port);
        using var child = Run(_secure.Url, "http/protobuf", ("SSL_CERT_FILE", Trusted),
            ("https_proxy", proxy.Url("bob:se%40cret").ToString()));
        child.ExitCode().ShouldBe(0);
        Text(_secure.At("/v1/logs")).ShouldContain("about to clean");
        var head = proxy.Heads.First();
        head.ShouldStartWith($"CONNECT localhost:{_secure.Port} HTTP/1.1\r\n");
        head.ShouldContain("Proxy-Authorization: Basic " + Convert.ToBase64String("bob:se@cret"u8));
        // Crashes and heartbeats use none.
        _tocsin.Heartbeats.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_plain_server_behind_a_proxy_is_named_by_its_whole_address()
    {
        using var plain = new ReceivingServer();
        using var proxy = new ForwardProxy(plain.Port);
        using var child = Run("http://telemetry.test:4318", "http/protobuf", ("http_proxy", proxy.Url().ToString()));
        child.ExitCode().ShouldBe(0);
        Text(plain.At("/v1/logs")).ShouldContain("about to clean");
        proxy.Heads.First().ShouldStartWith("POST http://telemetry.test:4318/v1/");
    }

    [Fact]
    public void A_server_nobody_vouches_for_gets_nothing_and_the_process_says_why()
    {
        using var child = Run(_secure.Url, "http/protobuf");
        child.ExitCode().ShouldBe(0);
        _secure.At("/v1/logs").ShouldBeEmpty();
        child.Output.ShouldContain($"tocsin: telemetry -> {_secure.Url}: The remote certificate is invalid");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_gRPC_it_is_the_same(bool trusted)
    {
        await using var server = await GrpcServer.Start(_certificate);
        using var child = Run($"https://localhost:{server.Url.Port}", "grpc",
            trusted ? [("SSL_CERT_FILE", Trusted)] : []);
        child.ExitCode().ShouldBe(0);
        server.Calls.Any(c => Encoding.UTF8.GetString(c.Message).Contains("about to clean")).ShouldBe(trusted);
        if (!trusted)
            child.Output.ShouldContain("The remote certificate is invalid");
    }

    private Child Run(string endpoint, string protocol, params (string, string?)[] environment) =>
        Child.Crasher("clean", _tocsin.Url, _state.Path,
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            // Of the machine the tests run on.
            ("http_proxy", null), ("https_proxy", null), ("all_proxy", null), ("no_proxy", null), ("SSL_CERT_FILE", null),
            .. environment,
        ]);

    private static string Text(IEnumerable<Received> requests) => string.Concat(requests.Select(static r => r.Text));
}
