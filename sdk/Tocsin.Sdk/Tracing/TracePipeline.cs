using System.Diagnostics;
using OpenTelemetry;
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
}
