using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tocsin.Model;

namespace Tocsin.Protocols.Tests.Otlp;

/// <summary>The real OpenTelemetry .NET SDK and exporter, unmodified.</summary>
public sealed class DotnetClientTests
{
    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Logs_and_spans_arrive_whole(OtlpExportProtocol protocol)
    {
        await using Host host = await Host.Start();
        Export(host, protocol);
        string span = host.Rows(Dataset.Spans).Single();
        span.ShouldContain("\"service.name\":\"dotnet-client\"");
        span.ShouldContain("\"@name\":\"checkout\"");
        span.ShouldContain("\"order.id\":42");
        span.ShouldContain("\"@status_code\":2,\"@status_message\":\"card declined\"");
        span.ShouldContain("\"name\":\"exception\"");
        span.ShouldContain("\"payment.token\":\"[REDACTED]\"");
        string[] logs = [.. host.Rows(Dataset.Logs).Order()];
        logs.Length.ShouldBe(2);
        string error = logs.Single(l => l.Contains("\"severity\":17"));
        error.ShouldContain("\"@severity_text\":\"Error\"");
        error.ShouldContain("\"OrderId\":42");
        error.ShouldContain("\"exception.type\":\"InvalidOperationException\"");
        error.ShouldContain("\"@scope.name\":\"Shop.Checkout\"");
        error.ShouldContain(span[span.IndexOf("\"trace\":", StringComparison.Ordinal)..][..42]);
        logs.ShouldContain(l => l.Contains("\"severity\":9"));
        host.ShouldBalance();
        host.Pipeline.Sources.Snapshot().Single().Service.ShouldBe("dotnet-client");
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Metrics_do_not_make_the_exporter_fail(OtlpExportProtocol protocol)
    {
        await using Host host = await Host.Start();
        using var meter = new System.Diagnostics.Metrics.Meter("Shop" + protocol);
        using (MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddOtlpExporter(o => Point(o, host, protocol, "metrics"))
            .Build())
        {
            meter.CreateCounter<long>("orders").Add(1);
            provider.ForceFlush(20_000).ShouldBeTrue();
        }
        host.Pipeline.Totals().Single().Rejected["metrics_not_supported"].ShouldBeGreaterThan(0);
        host.ShouldBalance();
    }

    private static void Export(Host host, OtlpExportProtocol protocol)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("dotnet-client");
        using var source = new ActivitySource("Shop" + protocol);
        using TracerProvider tracing = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(source.Name)
            .AddOtlpExporter(o => Point(o, host, protocol, "traces"))
            .Build();
        using (ILoggerFactory logging = LoggerFactory.Create(b => b.AddOpenTelemetry(o =>
        {
            o.SetResourceBuilder(resource);
            o.IncludeFormattedMessage = true;
            o.AddOtlpExporter(e => Point(e, host, protocol, "logs"));
        })))
        {
            ILogger logger = logging.CreateLogger("Shop.Checkout");
            using (Activity activity = source.StartActivity("checkout", ActivityKind.Server)!)
            {
                activity.SetTag("order.id", 42);
                activity.SetTag("payment.token", "tok_123");
                var error = new InvalidOperationException("card declined");
                activity.SetStatus(ActivityStatusCode.Error, error.Message);
                activity.AddException(error);
                logger.LogError(error, "order {OrderId} failed", 42);
                logger.LogInformation("done");
            }
            tracing.ForceFlush(20_000).ShouldBeTrue();
        }
    }

    private static void Point(OtlpExporterOptions options, Host host, OtlpExportProtocol protocol, string signal)
    {
        options.Protocol = protocol;
        options.Endpoint = protocol == OtlpExportProtocol.Grpc ? host.Grpc : new Uri(host.Http, $"/v1/{signal}");
        options.TimeoutMilliseconds = 20_000;
    }
}
