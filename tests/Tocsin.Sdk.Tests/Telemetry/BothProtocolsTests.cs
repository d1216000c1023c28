using System.Net.Http.Json;
using System.Text;
using Tocsin.Testing.Processes;
using TocsinSdk.Tests.Support;
using TocsinSdk.Tests.Tracking;

namespace TocsinSdk.Tests.Telemetry;

/// <summary>
/// The sample with a real PostgreSQL, exporting to where OTEL_* variables point: what leaves is the same by either protocol.
/// </summary>
public sealed class BothProtocolsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();

    public void Dispose()
    {
        _server.Dispose();
        _state.Dispose();
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Nothing_secret_leaves_by_either_protocol(string protocol)
    {
        Assert.SkipWhen(postgres.Server is null, PostgresServer.Missing ?? "");
        await using var grpc = await GrpcServer.Start();
        var endpoint = protocol == "grpc" ? grpc.Url.ToString() : _server.Url;
        using var bookings = Child.Bookings(_server.Url, _state.Path, ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("ConnectionStrings__Bookings", postgres.Server!.ConnectionString), ("TOCSIN_METRICS__OPEN", "true"));
        using var http = new HttpClient { BaseAddress = new Uri(bookings.Line("      Now listening on: ")) };
        await http.PostAsJsonAsync("/bookings", new { guest = "password=hunter2-Long", night = "2026-12-24", price = 120 });
        await http.GetAsync("/bookings?password=hunter2-Long");

        string Sent(string signal) => protocol == "grpc"
            ? string.Concat(grpc.Calls.Where(c => c.Method.Contains($".{signal}.")).Select(c => Text(c.Message)))
            : string.Concat(_server.At("/v1/" + (signal == "trace" ? "traces" : signal)).Select(r => Text(r.Body)));
        SpinWait.SpinUntil(() => Sent("logs").Contains("[REDACTED]") && Sent("trace").Contains("GET /bookings")
            && Sent("metrics").Contains("pool.name"), TimeSpan.FromSeconds(20)).ShouldBeTrue();
        foreach (var text in (string[])[Sent("logs"), Sent("trace"), Sent("metrics"), await http.GetStringAsync("/metrics")])
        {
            text.IndexOf("hunter2", StringComparison.Ordinal).ShouldBe(-1, Around(text, "hunter2"));
            text.IndexOf("Username=", StringComparison.Ordinal).ShouldBe(-1, Around(text, "Username="));
        }
        Sent("metrics").ShouldContain("postgres-");
        (await http.GetStringAsync("/metrics")).ShouldContain("pool_name=\"postgres-");
        if (protocol == "grpc")
            _server.At("/v1/logs").ShouldBeEmpty();
    }

    private static string Around(string text, string word) => text.IndexOf(word, StringComparison.Ordinal) is var at and >= 0
        ? text[Math.Max(0, at - 120)..Math.Min(text.Length, at + 40)] : "";

    private static string Text(byte[] protobuf) => Encoding.Latin1.GetString(protobuf);
}
