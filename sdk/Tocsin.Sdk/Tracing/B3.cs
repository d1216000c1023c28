using System.Diagnostics;

namespace TocsinSdk.Tracing;

/// <summary>Zipkin's headers, one ("b3: trace-span-sampled") or several; read into the form of a traceparent.</summary>
internal static class B3
{
    public const string Single = "b3";

    private const string TraceId = "X-B3-TraceId", SpanId = "X-B3-SpanId";
    private const string Sampled = "X-B3-Sampled", Flags = "X-B3-Flags";

    public static IReadOnlyList<string> Many { get; } = [TraceId, SpanId, Sampled, Flags];

    public static string Write(Activity span) =>
        $"{span.TraceId.ToHexString()}-{span.SpanId.ToHexString()}-{(span.Recorded ? '1' : '0')}";

    public static void WriteMany(Activity span, Action<string, string> set)
    {
        set(TraceId, span.TraceId.ToHexString());
        set(SpanId, span.SpanId.ToHexString());
        set(Sampled, span.Recorded ? "1" : "0");
    }

    /// <summary>Null when it is not well-formed, or only carries a decision.</summary>
    public static string? Read(string header)
    {
        var parts = header.Trim().Split('-');
        return parts.Length is >= 2 and <= 4 ? Context(parts[0], parts[1], parts.Length > 2 ? parts[2] : null) : null;
    }

    public static string? ReadMany(Func<string, string?> get) =>
        get(TraceId) is { } trace && get(SpanId) is { } span
            ? Context(trace.Trim(), span.Trim(), get(Flags)?.Trim() == "1" ? "d" : get(Sampled)?.Trim()) : null;

    private static string? Context(string trace, string span, string? sampled)
    {
        if (trace.Length is not (16 or 32) || span.Length != 16)
            return null;
        // Who leaves the decision open wants the trace; a traceparent can only say yes or no.
        var flags = sampled is "0" or "false" ? "00" : "01";
        var context = $"00-{trace.PadLeft(32, '0').ToLowerInvariant()}-{span.ToLowerInvariant()}-{flags}";
        return ActivityContext.TryParse(context, null, out _) ? context : null;
    }
}
