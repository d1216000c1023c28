using System.Text;

namespace TocsinSdk.Tracing;

/// <summary>The W3C baggage header: key=value,key=value;property, values percent-encoded.</summary>
internal static class BaggageText
{
    // The specification's own limits.
    private const int MaxBytes = 8192, MaxEntries = 180;

    public static string Write(IEnumerable<KeyValuePair<string, string?>> baggage)
    {
        var text = new StringBuilder();
        var entries = 0;
        foreach (var (key, value) in baggage)
        {
            if (!IsToken(key))
                continue;
            var entry = key + "=" + Uri.EscapeDataString(value ?? "");
            if (++entries > MaxEntries || text.Length + entry.Length + 1 > MaxBytes)
                break;
            if (text.Length > 0)
                text.Append(',');
            text.Append(entry);
        }
        return text.ToString();
    }

    public static List<KeyValuePair<string, string?>>? Read(string? header)
    {
        if (string.IsNullOrEmpty(header) || header.Length > MaxBytes)
            return null;
        var baggage = new List<KeyValuePair<string, string?>>();
        foreach (var entry in header.Split(','))
        {
            var member = entry.Split(';')[0];
            var equals = member.IndexOf('=');
            if (equals <= 0 || baggage.Count >= MaxEntries)
                continue;
            var key = member[..equals].Trim();
            if (IsToken(key))
                baggage.Add(new(key, Uri.UnescapeDataString(member[(equals + 1)..].Trim())));
        }
        return baggage.Count > 0 ? baggage : null;
    }

    private static bool IsToken(string key) =>
        key.Length > 0 && key.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c));
}
