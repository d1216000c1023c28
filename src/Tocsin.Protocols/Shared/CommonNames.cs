namespace Tocsin.Protocols.Shared;

/// <summary>What log shippers commonly call the same thing, in the order in which they are believed.</summary>
internal static class CommonNames
{
    public static ReadOnlySpan<byte> Service => "service.name"u8;

    public static ReadOnlySpan<byte> Host => "host.name"u8;

    public static bool IsTraceId(ReadOnlySpan<byte> name) => name.Length is >= 7 and <= 8
        && (name.SequenceEqual("trace_id"u8) || name.SequenceEqual("traceId"u8) || name.SequenceEqual("traceID"u8)
            || name.SequenceEqual("TraceId"u8) || name.SequenceEqual("traceid"u8) || name.SequenceEqual("trace.id"u8));

    public static bool IsSpanId(ReadOnlySpan<byte> name) => name.Length is >= 6 and <= 7
        && (name.SequenceEqual("span_id"u8) || name.SequenceEqual("spanId"u8) || name.SequenceEqual("spanID"u8)
            || name.SequenceEqual("SpanId"u8) || name.SequenceEqual("spanid"u8) || name.SequenceEqual("span.id"u8));
}
