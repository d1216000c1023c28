using System.Diagnostics;
using OpenTelemetry;

namespace TocsinSdk.Tracing;

/// <summary>Makes allow-listed baggage attributes of the spans below it. A span's own attribute is left.</summary>
internal sealed class BaggageOnSpans(IEnumerable<string> keys) : BaseProcessor<Activity>
{
    /// <summary>Characters; baggage is written by strangers.</summary>
    public const int MaxLength = 256;

    private readonly string[] _keys = [.. keys.Distinct(StringComparer.Ordinal)];

    public override void OnStart(Activity data) => Quiet.Do(Set, data);

    private void Set(Activity span)
    {
        foreach (var key in _keys)
            if (span.GetTagItem(key) is null && ValueOf(span, key) is { } value)
                span.SetTag(key, value);
    }

    /// <summary>The value fit to be shown; null when there is none.</summary>
    public static string? ValueOf(Activity? span, string key)
    {
        var value = span?.GetBaggageItem(key) ?? Baggage.GetBaggage(key);
        if (string.IsNullOrEmpty(value))
            return null;
        if (value.Length > MaxLength)
            value = value[..MaxLength];
        return value.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 ? value : null;
    }
}
