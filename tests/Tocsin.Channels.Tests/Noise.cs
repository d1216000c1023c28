using System.Text;

namespace Tocsin.Channels.Tests;

/// <summary>Random text of the characters that break formats, always well-formed.</summary>
internal static class Noise
{
    private static readonly string[] s_pieces =
    [
        "<", ">", "&", "|", "*", "_", "`", "\"", "'", "\\", "\r", "\n", "\r\n.\r\n", "\0", "\u001b", "\u2028", "\u0085", "\t", "=?utf-8?B?", "?=",
        "<!here>", "@channel", "ä", "🚨", "日本", "\u202e", "\ufffe", "a", "Bcc: x@y.z", " ", "%7C", "{{.}}", "--=_ntf", ".", "\n.",
    ];

    public static string Text(Random random, int pieces)
    {
        var text = new StringBuilder();
        for (int i = random.Next(pieces); i >= 0; i--)
            text.Append(s_pieces[random.Next(s_pieces.Length)]);
        return text.ToString();
    }
}
