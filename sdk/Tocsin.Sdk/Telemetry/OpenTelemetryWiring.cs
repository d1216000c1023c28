using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using System.Reflection;
using TocsinSdk.Metrics;
using TocsinSdk.Logging;
using TocsinSdk.Runs;
using TocsinSdk.Tracing;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>
/// OpenTelemetry set up the way Tocsin's server expects it, with .NET's own instrumentation and no package besides.
/// Where an OTEL_* variable speaks to a choice, the choice is left to it.
/// </summary>
internal static class OpenTelemetryWiring
{
    // "Experimental.System.Net.*" multiplies spans, "Private.*" is nobody's; neither is in the list.
    private static readonly string[] s_sources =
        ["Microsoft.AspNetCore", "Microsoft.AspNetCore.*", "System.Net.Http", "Npgsql",
            "Experimental.Microsoft.Extensions.AI", SdkMeter.Name, SdkMeter.Name + ".*"];

    public static TracerProvider Traces(ProcessRun run)
    {
        var traces = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceOf(run))
            .AddSource([.. s_sources, .. Own(run.Settings)]);
        var exporter = new OtlpExporterOptions();
        Send(exporter, Signal.Traces, run);
        return run.Traces.AddTo(traces, CountedSpans.To(exporter, run.Transport.Drops)).Build();
    }

    public static MeterProvider Metrics(ProcessRun run) => OpenTelemetry.Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(ResourceOf(run))
        .AddMeters(run.Settings)
        .AddOtlpExporter((exporter, reader) =>
        {
            Send(exporter, Signal.Metrics, run);
            if (Unset("OTEL_METRIC_EXPORT_INTERVAL"))
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 15_000;
        })
        .Build();

    /// <summary>Of this process, as an OTLP Resource.</summary>
    public static byte[] EncodedResource(RunIdentity identity)
    {
        var encoded = new Utf8Text(512);
        foreach (var (key, value) in ResourceOf(identity).Build().Attributes)
            switch (value)
            {
                case long number: OtlpLog.Attribute(encoded, key, number, OtlpLog.ResourceAttributes); break;
                case bool truth: OtlpLog.Attribute(encoded, key, truth, OtlpLog.ResourceAttributes); break;
                case double number: OtlpLog.Attribute(encoded, key, number, OtlpLog.ResourceAttributes); break;
                default:
                    var text = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
                    OtlpLog.Attribute(encoded, key, text, OtlpLog.ResourceAttributes);
                    break;
            }
        return encoded.Written.ToArray();
    }

    private static string[] Own(Settings settings) =>
        Assembly.GetEntryAssembly()?.GetName().Name is { } name
            ? [.. settings.Sources, name, name + ".*"] : [.. settings.Sources];

    public static ResourceBuilder ResourceOf(ProcessRun run) => ResourceOf(run.Identity);

    private static ResourceBuilder ResourceOf(RunIdentity identity)
    {
        var attributes = new Dictionary<string, object>
        {
            ["service.name"] = identity.Service,
            ["host.name"] = identity.Host,
            ["process.pid"] = (long)identity.Pid,
            ["telemetry.distro.name"] = "tocsin",
            ["telemetry.distro.version"] = typeof(OpenTelemetryWiring).Assembly.GetName().Version?.ToString(3) ?? "0",
        };
        if (identity.Release is { } release)
            attributes["service.version"] = release;
        if (identity.Environment is { } environment)
            attributes["deployment.environment.name"] = environment;
        return ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddAttributes(attributes)
            .AddEnvironmentVariableDetector()
            // Crash records are joined to logs by it, so no variable may change it.
            .AddAttributes([new("service.instance.id", identity.RunId)]);
    }

    // Without the network in between, the exporter's address says nothing; the queue knows where to send.
    private static void Send(OtlpExporterOptions exporter, Signal signal, ProcessRun run)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri("http://queue/v1/" + signal.Name());
        exporter.HttpClientFactory = () => new HttpClient(
            new QueueHandler(run.Transport, signal == Signal.Traces ? Lane.Traces : Lane.Metrics, run.Redactor));
    }

    internal static bool Unset(string variable) => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
