using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using TocsinSdk.Redaction;

namespace TocsinSdk.Tracing;

/// <summary>What happens to spans between their source and the exporter.</summary>
internal sealed class TracePipeline
{
    private readonly TraceOptions _options;
    private readonly Redactor _redactor;
    private readonly TimeProvider _clock;

    public TracePipeline(TraceOptions options, Redactor redactor, TimeProvider clock)
    {
        (_options, _redactor, _clock) = (options, redactor, clock);
        Sampler = HeadSampler.From(options, Environment.GetEnvironmentVariable);
        TracePropagator.Install(Environment.GetEnvironmentVariable("OTEL_PROPAGATORS"));
    }

    public HeadSampler Sampler { get; }

    /// <summary>Options changed while the process runs; a variable still goes before them.</summary>
    public void Follow(TraceOptions options)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER")))
            Sampler.Ratio = options.SampleRatio;
    }

    /// <summary>Adds sampling, naming, masking and redaction, and the export behind them.</summary>
    public TracerProviderBuilder AddTo(TracerProviderBuilder traces, BaseProcessor<Activity> export)
    {
        traces.SetSampler(Sampler).AddProcessor(new BaggageOnSpans(_options.BaggageKeys));
        if (_options.MaskSql)
            traces.AddProcessor(new SqlSpans());
        return traces.AddProcessor(new SpanRedaction(_redactor))
            .AddProcessor(new TailSampling(export, _options, _clock));
    }

    /// <summary>
    /// What OTEL_EXPORTER_OTLP_* and, before them, OTEL_EXPORTER_OTLP_TRACES_* say.
    /// </summary>
    public static OtlpExporterOptions ExporterOptions(Func<string, string?> variable)
    {
        // It reads the general variables itself.
        var exporter = new OtlpExporterOptions();
        string? Of(string name) =>
            variable("OTEL_EXPORTER_OTLP_TRACES_" + name) is { Length: > 0 } value ? value.Trim() : null;
        if (Of("PROTOCOL") is { } protocol)
            exporter.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        if (Uri.TryCreate(Of("ENDPOINT"), UriKind.Absolute, out var endpoint))
            exporter.Endpoint = endpoint;
        if (Of("HEADERS") is { } headers)
            exporter.Headers = headers;
        if (int.TryParse(Of("TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var timeout))
            exporter.TimeoutMilliseconds = timeout;
        return exporter;
    }

    /// <summary>The batch before the exporter; OTEL_BSP_* variables set its sizes and times.</summary>
    public static BaseProcessor<Activity> Batch(OtlpExporterOptions exporter)
    {
        var batch = new BatchExportActivityProcessorOptions();
        return new BatchActivityExportProcessor(new OtlpTraceExporter(exporter), batch.MaxQueueSize,
            batch.ScheduledDelayMilliseconds, batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize);
    }
}
