using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Tocsin.Channels.Tests;

/// <summary>Payloads as they were reviewed once. A difference leaves the new text beside the test's executable.</summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions s_pretty = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static void Check(string name, JsonNode actual)
    {
        string text = actual.ToJsonString(s_pretty).Replace("\r\n", "\n") + "\n";
        string path = Path.Combine(AppContext.BaseDirectory, "Goldens", name + ".json");
        string expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (text != expected)
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, name + ".actual.json"), text);
        text.ShouldBe(expected, $"the payload differs from Goldens/{name}.json");
    }
}
