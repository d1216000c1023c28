using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TocsinSdk.GenAi;

/// <summary>
/// Texts that people and models wrote, made fit to keep: redacted before they are cut, so that half a secret does not
/// pass for none.
/// </summary>
internal static class Content
{
    /// <summary>Text, number, or pairs as JSON; an object of the application is named by its type, never walked.</summary>
    public static string Text(object value, Func<string, string> redact, int maxBytes) => Cut(redact(value switch
    {
        string text => text,
        IEnumerable<KeyValuePair<string, object?>> pairs => Json(pairs),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => $"<object {value.GetType().Name}>",
    }), maxBytes);

    /// <summary>At most so many bytes of UTF-8, never half a character.</summary>
    public static string Cut(string text, int maxBytes)
    {
        if (text.Length <= maxBytes / 3 || Encoding.UTF8.GetByteCount(text) <= maxBytes)
            return text;
        var room = maxBytes - 3; // "…"
        var kept = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0)
                break;
            kept += rune.Utf16SequenceLength;
        }
        return string.Concat(text.AsSpan(0, kept), "…");
    }

    private static string Json(IEnumerable<KeyValuePair<string, object?>> pairs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var (key, value) in pairs)
                json.WriteString(key, value switch
                {
                    null => "null",
                    string text => text,
                    IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                    bool flag => flag ? "true" : "false",
                    _ => $"<object {value.GetType().Name}>",
                });
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
