using System.Text.Json;
using Tocsin.Query.Cells;

namespace Tocsin.Query.Parsing;

/// <summary>Reads the fields of a JSON object. Numbers beyond 64 bits stay the text they are.</summary>
internal static class JsonReading
{
    private const int Deepest = 16;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 64, AllowTrailingCommas = true };

    public static void Read(string text, Action<string, Cell> found)
    {
        if (text.AsSpan().TrimStart() is not ['{', ..])
            return;
        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            Read(document.RootElement, "", 0, found);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or text in it that is no Unicode: the row stays as it is.
        }
    }

    private static void Read(JsonElement value, string prefix, int depth, Action<string, Cell> found)
    {
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object && depth < Deepest)
                Read(property.Value, name + ".", depth + 1, found);
            else if (name.Length > 0)
                found(name, Of(property.Value));
        }
    }

    private static Cell Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Cell.Of(value.GetString()!),
        JsonValueKind.True => Cell.Of(true),
        JsonValueKind.False => Cell.Of(false),
        JsonValueKind.Number => Number(value),
        JsonValueKind.Array or JsonValueKind.Object => Cell.OfJson(JsonSerializer.Serialize(value)),
        _ => Cell.Missing,
    };

    private static Cell Number(JsonElement value)
    {
        if (value.TryGetInt64(out long whole))
            return Cell.Of(whole);
        string text = value.GetRawText();
        return text.AsSpan().ContainsAny('.', 'e', 'E') && value.TryGetDouble(out double real) && double.IsFinite(real)
            ? Cell.Of(real)
            : Cell.Of(text);
    }
}
