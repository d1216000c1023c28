using System.Globalization;
using OpenTelemetry.Trace;

namespace TocsinSdk.Tracing;

/// <summary>
/// Decides where a span begins: a share of traces by their id, the caller's decision before our own. Where the answer
/// is
/// no and failures are kept, the span is recorded all the same, without the flag that others would follow.
/// </summary>
internal sealed class HeadSampler : Sampler
{
    private readonly bool _followsParent, _keepsFailures;
    // Compared with the last 8 bytes of the trace id as a number of 63 bits.
    private long _limit;

    public HeadSampler(double ratio, bool followsParent, bool keepsFailures)
    {
        (_followsParent, _keepsFailures) = (followsParent, keepsFailures);
        Ratio = ratio;
        Description = $"Tocsin{{parent:{followsParent},failures:{keepsFailures}}}";
    }

    /// <summary>May change while the process runs; holds for traces that begin from then on.</summary>
    public double Ratio
    {
        get => (double)Interlocked.Read(ref _limit) / long.MaxValue;
        set => Interlocked.Exchange(
            ref _limit, value >= 1 ? long.MaxValue : (long)(Math.Max(value, 0) * long.MaxValue));
    }

    /// <summary>What the variables say; the options where they say nothing, or nothing known here.</summary>
    public static HeadSampler From(TraceOptions options, Func<string, string?> variable)
    {
        var named = variable("OTEL_TRACES_SAMPLER")?.Trim().ToLowerInvariant();
        var argument = double.TryParse(variable("OTEL_TRACES_SAMPLER_ARG"), NumberStyles.Float,
            CultureInfo.InvariantCulture, out var given) && given is >= 0 and <= 1 ? given : 1;
        return named switch
        {
            // The one wish for no traces at all; failures are not an exception to it.
            "always_off" => new HeadSampler(0, followsParent: false, keepsFailures: false),
            "always_on" => new HeadSampler(1, followsParent: false, options.KeepFailures),
            "traceidratio" => new HeadSampler(argument, followsParent: false, options.KeepFailures),
            "parentbased_always_on" => new HeadSampler(1, followsParent: true, options.KeepFailures),
            "parentbased_always_off" => new HeadSampler(0, followsParent: true, options.KeepFailures),
            "parentbased_traceidratio" => new HeadSampler(argument, followsParent: true, options.KeepFailures),
            _ => new HeadSampler(options.SampleRatio, followsParent: true, options.KeepFailures),
        };
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var sampled = _followsParent && parent.TraceId != default
            ? (parent.TraceFlags & System.Diagnostics.ActivityTraceFlags.Recorded) != 0
            : Chosen(samplingParameters.TraceId);
        return new SamplingResult(sampled ? SamplingDecision.RecordAndSample
            : _keepsFailures ? SamplingDecision.RecordOnly : SamplingDecision.Drop);
    }

    private bool Chosen(System.Diagnostics.ActivityTraceId id)
    {
        var limit = Interlocked.Read(ref _limit);
        if (limit == long.MaxValue)
            return true;
        Span<byte> bytes = stackalloc byte[16];
        id.CopyTo(bytes);
        return (System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) & long.MaxValue) < limit;
    }
}
