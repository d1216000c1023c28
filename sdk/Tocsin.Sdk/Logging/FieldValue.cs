using System.Buffers;
using System.Collections;
using System.Globalization;
using TocsinSdk.Redaction;

namespace TocsinSdk.Logging;

/// <summary>Turns any value into a field: scalars without a string between, collections as JSON, secrets as the mask.</summary>
internal static class FieldValue
{
    public const int MaxText = 32 << 10;

    public static void Add(LogEvent e, FieldKey key, object? value, bool sensitive, Redactor redactor)
    {
        var text = e.Text;
        var at = text.Length;
        var (kind, bits) = sensitive && value is not null
            ? Masked(text, value, redactor) : Append(text, value, key.Destructured, redactor);
        e.Add(key, kind, bits, at);
    }

    private static (FieldKind, long) Masked(Utf8Text text, object value, Redactor redactor)
    {
        text.Append(redactor.MaskOf(Convert.ToString(value, CultureInfo.InvariantCulture)));
        return (FieldKind.Text, 0);
    }

    private static (FieldKind, long) Append(Utf8Text text, object? value, bool destructured, Redactor redactor)
    {
        switch (value)
        {
            case null:
                text.Append("null"u8);
                return (FieldKind.Null, 0);
            case string s:
                return Text(text, s, redactor);
            case int i:
                text.Append(i);
                return (FieldKind.Integer, i);
            case long l:
                if (redactor.IsCard(l))
                    return Masked(text, value, redactor);
                text.Append(l);
                return (FieldKind.Integer, l);
            case bool b:
                text.Append(b ? "true"u8 : "false"u8);
                return (FieldKind.Boolean, b ? 1 : 0);
            case double d:
                return Real(text, d);
            case Guid g:
                text.Append(g);
                return (FieldKind.Text, 0);
            default:
                return Rarer(text, value, destructured, redactor);
        }
    }

    private static (FieldKind, long) Rarer(Utf8Text text, object value, bool destructured, Redactor redactor)
    {
        switch (value)
        {
            case float f:
                return float.IsFinite(f) ? Number(text, f, FieldKind.Real, BitConverter.DoubleToInt64Bits(f)) : Text(text, value, redactor);
            case decimal m:
                return Number(text, m, FieldKind.Number, 0);
            case uint or ushort or short or byte or sbyte:
                var small = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                return Number(text, small, FieldKind.Integer, small);
            case ulong u when u > long.MaxValue:
                return Number(text, u, FieldKind.Number, 0);
            case ulong u:
                return Append(text, (long)u, false, redactor);
            case DateTime time:
                return Iso(text, time);
            case DateTimeOffset time:
                return Iso(text, time);
            case TimeSpan span:
                return Number(text, span, FieldKind.Text, 0);
            case DateOnly or TimeOnly:
                return Text(text, ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture), redactor);
            case Enum:
                return Text(text, value.ToString() ?? "", redactor);
            case Exception exception:
                return Text(text, exception.GetType().FullName + ": " + exception.Message, redactor);
            case not null when destructured || value is IEnumerable:
                new NestedJson(text, redactor).Write(value, destructured);
                return (FieldKind.Json, 0);
            default:
                return Text(text, value!, redactor);
        }
    }

    private static (FieldKind, long) Iso<T>(Utf8Text text, T time) where T : IUtf8SpanFormattable
    {
        text.Append(time, "O");
        return (FieldKind.Text, 0);
    }

    private static (FieldKind, long) Number<T>(Utf8Text text, T value, FieldKind kind, long bits)
        where T : IUtf8SpanFormattable
    {
        text.Append(value);
        return (kind, bits);
    }

    private static (FieldKind, long) Real(Utf8Text text, double value)
    {
        text.AppendReal(value);
        return double.IsFinite(value)
            ? (FieldKind.Real, BitConverter.DoubleToInt64Bits(value)) : (FieldKind.Text, 0);
    }

    private static (FieldKind, long) Text(Utf8Text text, object value, Redactor redactor) =>
        Text(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", redactor);

    private static (FieldKind, long) Text(Utf8Text text, string value, Redactor redactor)
    {
        AppendCut(text, redactor.Redact(value));
        return (FieldKind.Text, 0);
    }

    /// <summary>A text beyond <see cref="MaxText"/> characters ends with "…".</summary>
    public static void AppendCut(Utf8Text text, ReadOnlySpan<char> value)
    {
        if (value.Length <= MaxText)
        {
            text.Append(value);
            return;
        }
        text.Append(value[..MaxText]);
        text.Append("…"u8);
    }
}
