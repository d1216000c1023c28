using System.Text;
using TocsinSdk.Logging;
using TocsinSdk.Metrics;
using TocsinSdk.Redaction;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>
/// Takes out of an encoded request what could not be taken out before it was encoded: secrets in the attributes of span
/// events, which nothing can change once they are on a span, and connection strings that name pools of connections.
/// </summary>
internal static class RequestRedaction
{
    private const int Width = 5;

    // resource spans, scope spans, spans, events, attributes
    private static readonly Place[] s_spanEvents = [At(1, At(2, At(2, At(11, At(3)))))];

    // resource metrics, scope metrics, metrics, kind, points; there attributes, and those of exemplars
    private static readonly Place[] s_points = [At(1, At(2, At(2,
        At(5, At(1, At(7), At(5, At(7)))),
        At(7, At(1, At(7), At(5, At(7)))),
        At(9, At(1, At(9), At(8, At(7)))),
        At(10, At(1, At(1), At(11, At(7)))),
        At(11, At(1, At(7))))))];

    private delegate string? Clean(string key, string text);

    /// <summary>The request as it may leave; the same bytes when nothing is to be taken out.</summary>
    public static ReadOnlySpan<byte> OfTraces(ReadOnlySpan<byte> request, Redactor redactor) =>
        Of(request, s_spanEvents, (key, text) => redactor.Redact(key, text) as string);

    /// <summary>The request as it may leave; the same bytes when nothing is to be taken out.</summary>
    public static ReadOnlySpan<byte> OfMetrics(ReadOnlySpan<byte> request) =>
        request.IndexOf(PoolName.Ending) < 0 ? request
            : Of(request, s_points, static (key, text) => PoolName.Is(key) ? PoolName.Short(text) : text);

    private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> request, Place[] places, Clean clean)
    {
        if (!Holds(request, places, clean))
            return request;
        var changed = new Utf8Text(request.Length + 256);
        Copy(request, places, clean, changed);
        return changed.Written;
    }

    private static bool Holds(ReadOnlySpan<byte> message, Place[] places, Clean clean)
    {
        var fields = new ProtoFields(message);
        while (fields.Next())
            if (Find(places, fields) is { } place && (place.Inside.Length == 0
                ? Cleaned(fields.Content, clean) is not null : Holds(fields.Content, place.Inside, clean)))
                return true;
        return false;
    }

    private static void Copy(ReadOnlySpan<byte> message, Place[] places, Clean clean, Utf8Text to)
    {
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (Find(places, fields) is not { } place)
                to.Append(fields.Whole);
            else if (place.Inside.Length > 0)
            {
                var at = to.Begin(fields.Field, Width);
                Copy(fields.Content, place.Inside, clean, to);
                to.Patch(at, Width);
            }
            else if (Cleaned(fields.Content, clean) is { } attribute)
                OtlpLog.Attribute(to, attribute.Key, attribute.Text, fields.Field);
            else
                to.Append(fields.Whole);
        }
    }

    private static Place? Find(Place[] places, in ProtoFields fields)
    {
        if (fields.Type == Proto.Bytes)
            foreach (var place in places)
                if (place.Field == fields.Field)
                    return place;
        return null;
    }

    /// <summary>Null when the attribute is fit to leave as it is.</summary>
    private static (string Key, string Text)? Cleaned(ReadOnlySpan<byte> attribute, Clean clean)
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
        return text is not null && clean(key, text) is { } fit && fit != text ? (key, fit) : null;
    }

    private static Place At(int field, params Place[] inside) => new(field, inside);

    /// <summary>A field to go into; with nothing inside it is an attribute.</summary>
    private sealed record Place(int Field, Place[] Inside);
}
