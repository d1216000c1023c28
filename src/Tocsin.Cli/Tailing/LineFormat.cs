using System.Text;
using System.Text.RegularExpressions;

namespace Tocsin.Cli.Tailing;

/// <summary>How the lines of a file are to be read.</summary>
internal enum LineFormat
{
    Auto,
    Json,
    Clef,
    Logfmt,
    Plain,
    Syslog,
}

/// <summary>Tells a file's format by its first line.</summary>
internal static partial class LineFormats
{
    public static LineFormat Detect(ReadOnlySpan<byte> firstLine)
    {
        if (firstLine.StartsWith("\uFEFF"u8))
            firstLine = firstLine["\uFEFF"u8.Length..];
        if (JsonText.IsObject(firstLine))
            return firstLine.IndexOf("\"@t\""u8) >= 0 && (firstLine.IndexOf("\"@m"u8) >= 0) ? LineFormat.Clef : LineFormat.Json;
        string line = Encoding.UTF8.GetString(firstLine[..Math.Min(firstLine.Length, 500)]);
        return Syslog().IsMatch(line) ? LineFormat.Syslog
            : LogfmtPairs().IsMatch(line) ? LineFormat.Logfmt
            : LineFormat.Plain;
    }

    // A priority, or the time of RFC 3164 and a host.
    [GeneratedRegex(@"^(<\d{1,3}>|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ )")]
    private static partial Regex Syslog();

    // At least two pairs from the start on.
    [GeneratedRegex(@"^[A-Za-z_][\w.\-]*=(""(\\.|[^""\\])*""|\S*) +[A-Za-z_][\w.\-]*=")]
    private static partial Regex LogfmtPairs();
}
