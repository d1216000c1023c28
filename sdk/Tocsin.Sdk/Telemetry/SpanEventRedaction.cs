using System.Text;
using TocsinSdk.Logging;
using TocsinSdk.Redaction;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>
/// Takes secrets out of the attributes of span events in an encoded request: once an event is on a span nothing else
/// can change it. The rest of a span was redacted when it ended.
/// </summary>
internal static class SpanEventRedaction
{
    private const int Width = 5;

    // Field numbers on the way down: resource spans, scope spans, spans, events, attributes.
    private static readonly int[] s_path = [1, 2, 2, 11, 3];

    /// <summary>The request as it may leave; the same bytes when no event holds a secret.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> request, Redactor redactor)
    {
        if (!Holds(request, 0, redactor))
            return request;
        var changed = new Utf8Text(request.Length + 256);
        Copy(request, 0, redactor, changed);
        return changed.Written;
    }

    private static bool Holds(ReadOnlySpan<byte> message, int depth, Redactor redactor)
    {
        var fields = new ProtoFields(message);
        while (fields.Next())
            if (fields.Type == Proto.Bytes && fields.Field == s_path[depth]
                && (depth == s_path.Length - 1
                    ? Redacted(fields.Content, redactor) is not null : Holds(fields.Content, depth + 1, redactor)))
                return true;
        return false;
    }

    private static void Copy(ReadOnlySpan<byte> message, int depth, Redactor redactor, Utf8Text to)
    {
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (fields.Type != Proto.Bytes || fields.Field != s_path[depth])
                to.Append(fields.Whole);
            else if (depth < s_path.Length - 1)
            {
                var at = to.Begin(fields.Field, Width);
                Copy(fields.Content, depth + 1, redactor, to);
                to.Patch(at, Width);
            }
            else if (Redacted(fields.Content, redactor) is { } clean)
                OtlpLog.Attribute(to, clean.Key, clean.Text, fields.Field);
            else
                to.Append(fields.Whole);
        }
    }

    /// <summary>Null when the attribute is fit to leave as it is.</summary>
    private static (string Key, string Text)? Redacted(ReadOnlySpan<byte> attribute, Redactor redactor)
    {
        var (key, text) = ("", (string?)null);
        var fields = new ProtoFields(attribute);
        while (fields.Next())
            if (fields is { Field: 1, Type: Proto.Bytes })
                key = Encoding.UTF8.GetString(fields.Content);
            else if (fields is { Field: 2, Type: Proto.Bytes })
            {
                var value = new ProtoFields(fields.Content);
                while (value.Next())
                    if (value is { Field: 1, Type: Proto.Bytes })
                        text = Encoding.UTF8.GetString(value.Content);
            }
        return text is not null && redactor.Redact(key, text) is string clean && clean != text ? (key, clean) : null;
    }
}
