using TocsinSdk.Logging;

namespace TocsinSdk.Transport;

/// <summary>Field numbers of OTLP's LogRecord, and its parts.</summary>
internal static class OtlpLog
{
    public const int Time = 1, SeverityNumber = 2, SeverityText = 3, BodyField = 5, Attributes = 6, Flags = 8,
        TraceId = 9, SpanId = 10, ObservedTime = 11, EventName = 12;

    /// <summary>The field of a Resource's attributes.</summary>
    public const int ResourceAttributes = 1;

    // AnyValue and KeyValue.
    private const int TextValue = 1, BooleanValue = 2, IntegerValue = 3, RealValue = 4, Key = 1, Value = 2;

    // Around a key and a value: tags and lengths.
    private const int Around = 24;

    public static void Body(Utf8Text to, ReadOnlySpan<char> text)
    {
        var width = Proto.Width(text.Length * 3 + Around);
        var at = to.Begin(BodyField, width);
        to.Field(TextValue, text);
        to.Patch(at, width);
    }

    public static void Body(Utf8Text to, ReadOnlySpan<byte> text)
    {
        var width = Proto.Width(text.Length + Around);
        var at = to.Begin(BodyField, width);
        to.Field(TextValue, text);
        to.Patch(at, width);
    }

    public static void Attribute(Utf8Text to, ReadOnlySpan<char> key, ReadOnlySpan<char> text, int field = Attributes)
    {
        var (width, inner) = (Proto.Width((key.Length + text.Length) * 3 + Around), Proto.Width(text.Length * 3 + Around));
        var at = Begin(to, field, key, width, inner, out var value);
        to.Field(TextValue, text);
        End(to, at, width, value, inner);
    }

    public static void Attribute(Utf8Text to, ReadOnlySpan<char> key, long number, int field = Attributes)
    {
        var width = Proto.Width(key.Length * 3 + Around);
        var at = Begin(to, field, key, width, 1, out var value);
        to.Number(IntegerValue, (ulong)number);
        End(to, at, width, value, 1);
    }

    public static void Attribute(Utf8Text to, ReadOnlySpan<char> key, bool truth, int field = Attributes)
    {
        var width = Proto.Width(key.Length * 3 + Around);
        var at = Begin(to, field, key, width, 1, out var value);
        to.Number(BooleanValue, truth ? 1u : 0);
        End(to, at, width, value, 1);
    }

    public static void Attribute(Utf8Text to, ReadOnlySpan<char> key, double number, int field = Attributes)
    {
        var width = Proto.Width(key.Length * 3 + Around);
        var at = Begin(to, field, key, width, 1, out var value);
        to.Long(RealValue, BitConverter.DoubleToUInt64Bits(number));
        End(to, at, width, value, 1);
    }

    private static int Begin(Utf8Text to, int field, ReadOnlySpan<char> key, int width, int inner, out int value)
    {
        var at = to.Begin(field, width);
        to.Field(Key, key);
        value = to.Begin(Value, inner);
        return at;
    }

    private static void End(Utf8Text to, int at, int width, int value, int inner)
    {
        to.Patch(value, inner);
        to.Patch(at, width);
    }
}
