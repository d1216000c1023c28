using Tocsin.Model;

namespace Tocsin.Protocols.Tests.Otlp;

/// <summary>The real OpenTelemetry JavaScript exporters (tests/clients/otel-node), unmodified.</summary>
public sealed class NodeClientTests
{
    [Theory]
    [InlineData("proto", "none")]
    [InlineData("proto", "gzip")]
    [InlineData("http", "none")]
    [InlineData("http", "gzip")]
    [InlineData("grpc", "none")]
    [InlineData("grpc", "gzip")]
    public async Task Logs_and_spans_arrive_whole(string kind, string compression)
    {
        string client = await NodeClient.Installed("otel-node");
        await using Host host = await Host.Start();
        Uri url = kind == "grpc" ? host.Grpc : host.Http;
        (int exit, string output) = await NodeClient.Run("node", client, ["send.mjs", kind, url.ToString(), compression]);
        (exit, output.Trim()).ShouldBe((0, "sent"));

        string span = host.Rows(Dataset.Spans).Single();
        span.ShouldContain($"\"service.name\":\"node-{kind}\"");
        span.ShouldContain("\"@scope.name\":\"checkout\",\"@scope.version\":\"1.0\"");
        span.ShouldContain("\"@name\":\"pay\",\"@kind\":3");
        span.ShouldContain("\"@status_code\":2,\"@status_message\":\"card declined\"");
        span.ShouldContain("\"exception.message\":\"card declined\"");
        span.ShouldContain("\"order.id\":42,\"cards\":[\"[REDACTED]\"],\"ratio\":0.5,\"ok\":false");

        string log = host.Rows(Dataset.Logs).Single();
        log.ShouldContain("\"severity\":13");
        log.ShouldContain(span[span.IndexOf("\"trace\":", StringComparison.Ordinal)..][..69]);
        log.ShouldContain("\"@body\":{\"message\":\"payment failed ✗\",\"attempts\":[1,2,3]}");
        log.ShouldContain("\"user.password\":\"[REDACTED]\",\"big\":9007199254740991,\"nested\":{\"a\":{\"b\":true}}");
        host.ShouldBalance();
    }
}
