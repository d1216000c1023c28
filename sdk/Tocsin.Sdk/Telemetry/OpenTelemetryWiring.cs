using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using System.Reflection;
using TocsinSdk.Metrics;
using TocsinSdk.Runs;
using TocsinSdk.Tracing;

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

    public static void Logs(OpenTelemetryLoggerOptions logs, ProcessRun run)
    {
        logs.IncludeScopes = true;
        logs.IncludeFormattedMessage = true;
        logs.SetResourceBuilder(ResourceOf(run));
        logs.AddProcessor(new UserOnLogs());
        logs.AddOtlpExporter((exporter, processor) =>
        {
            Send(exporter, "logs", run.Settings);
            if (Unset("OTEL_BLRP_SCHEDULE_DELAY"))
                processor.BatchExportProcessorOptions.ScheduledDelayMilliseconds = 1000;
        });
    }

    public static TracerProvider Traces(ProcessRun run)
    {
        var exporter = TracePipeline.ExporterOptions(Environment.GetEnvironmentVariable);
        Send(exporter, "traces", run.Settings);
        var traces = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceOf(run))
            .AddSource([.. s_sources, .. Own(run.Settings)]);
        return run.Traces.AddTo(traces, TracePipeline.Batch(exporter)).Build();
    }

    public static MeterProvider Metrics(ProcessRun run) => OpenTelemetry.Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(ResourceOf(run))
        .AddMeters(run.Settings)
        .AddOtlpExporter((exporter, reader) =>
        {
            Send(exporter, "metrics", run.Settings);
            if (Unset("OTEL_METRIC_EXPORT_INTERVAL"))
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 15_000;
        })
        .Build();

    private static string[] Own(Settings settings) =>
        Assembly.GetEntryAssembly()?.GetName().Name is { } name
            ? [.. settings.Sources, name, name + ".*"] : [.. settings.Sources];

    public static ResourceBuilder ResourceOf(ProcessRun run)
    {
        var attributes = new Dictionary<string, object>
        {
            ["service.name"] = run.Identity.Service,
            ["host.name"] = run.Identity.Host,
            ["process.pid"] = (long)run.Identity.Pid,
            ["telemetry.distro.name"] = "tocsin",
            ["telemetry.distro.version"] = typeof(OpenTelemetryWiring).Assembly.GetName().Version?.ToString(3) ?? "0",
        };
        if (run.Identity.Release is { } release)
            attributes["service.version"] = release;
        if (run.Identity.Environment is { } environment)
            attributes["deployment.environment.name"] = environment;
        return ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddAttributes(attributes)
            .AddEnvironmentVariableDetector()
            // Crash records are joined to logs by it, so no variable may change it.
            .AddAttributes([new("service.instance.id", run.Identity.RunId)]);
    }

    private static void Send(OtlpExporterOptions exporter, string signal, Settings settings)
    {
        if (Unset("OTEL_EXPORTER_OTLP_TIMEOUT"))
            exporter.TimeoutMilliseconds = 5000;
        if (Unset("OTEL_EXPORTER_OTLP_ENDPOINT") && Unset($"OTEL_EXPORTER_OTLP_{signal.ToUpperInvariant()}_ENDPOINT"))
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = new Uri(settings.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/v1/" + signal);
            if (settings.Key is { } key && Unset("OTEL_EXPORTER_OTLP_HEADERS"))
                exporter.Headers = "Authorization=Bearer " + Uri.EscapeDataString(key);
        }
        if (exporter.Protocol == OtlpExportProtocol.HttpProtobuf)
            exporter.HttpClientFactory = () =>
                ExportClient.New(TimeSpan.FromMilliseconds(exporter.TimeoutMilliseconds));
    }

    private static bool Unset(string variable) => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
