using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tocsin.Cli.Tailing;

/// <summary>What can be told about a line of plain text.</summary>
internal static partial class PlainLine
{
    private const int HeadBytes = 160;

    /// <summary>Whether the line begins with a time: a file of such lines begins a record with each.</summary>
    public static bool HasTime(ReadOnlySpan<byte> line) => Time().IsMatch(Head(line));

    /// <summary>Whether the line goes on with the record before it, in a file whose lines have no times.</summary>
    public static bool IsContinuation(ReadOnlySpan<byte> line) =>
        line.IsEmpty || line[0] is (byte)' ' or (byte)'\t' || line.StartsWith("Caused by: "u8)
        || line.StartsWith("--- End of "u8) || line.StartsWith("... "u8) || line is [(byte)'}'] or [(byte)')'];

    /// <summary>The time with the zone of this machine when it has none, and the first word that is a level.</summary>
    public static (string? Time, string? Level) Read(ReadOnlySpan<byte> line)
    {
        string head = Head(line);
        Match time = Time().Match(head);
        Match level = Level().Match(head, time.Length);
        return (time.Success ? Zoned(time) : null, level.Success ? level.Value : null);
    }

    private static string Head(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line[..Math.Min(line.Length, HeadBytes)]);

    private static string? Zoned(Match time)
    {
        string text = time.Groups["time"].Value.Replace(',', '.');
        if (time.Groups["zone"].Success)
            return text;
        if (!DateTime.TryParse(text[..19], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
            return null;
        TimeSpan offset = TimeZoneInfo.Local.GetUtcOffset(local);
        return $"{text}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}";
    }

    [GeneratedRegex(@"^[\[(]?(?<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d{1,9})?(?<zone>Z| ?[+-]\d\d:?\d\d)?)[\])]?")]
    private static partial Regex Time();

    // Capitals anywhere, small letters in brackets, the three letters of Serilog, the four of .NET's console.
    [GeneratedRegex(@"\b(TRACE|DEBUG|INFO|INFORMATION|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|CRIT|PANIC|EMERG)\b"
        + @"|(?<=\[)(trace|debug|info|notice|warn|warning|error|fatal|critical|crit|VRB|DBG|INF|WRN|FTL)(?=\])"
        + @"|(?<= )(VRB|DBG|INF|WRN|FTL)(?=[ \]])"
        + "|^(trce|dbug|info|warn|fail|crit)(?=:)")]
    private static partial Regex Level();
}
