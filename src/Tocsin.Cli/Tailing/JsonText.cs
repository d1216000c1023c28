using System.Text.Json;

namespace Tocsin.Cli.Tailing;

/// <summary>Whether a line is one JSON object: what is not would be refused by the server and goes as text instead.</summary>
internal static class JsonText
{
    private const int MaxDepth = 500;

    public static bool IsObject(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        if (line.Length < 2 || line[0] != '{' || line[^1] != '}')
            return false;
        var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (json.Read())
            {
                // Reading is checking.
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
