namespace Tocsin.Cli.Run.Stderr;

/// <summary>Looks for the death notices of every known runtime and takes the last one.</summary>
internal static class StderrReading
{
    private const int MaxLineChars = 8 * 1024;
    private const int MaxLines = 20_000;

    /// <summary>A notice followed by more lines than this was about something the program survived.</summary>
    private const int MaxLinesAfterNotice = 12;

    private static readonly Func<string[], StderrFinding?>[] Readers =
    [
        DotNetStderr.Read, PythonStderr.Read, NodeStderr.Read, JavaStderr.Read, GoStderr.Read, RustStderr.Read,
        NativeStderr.Read,
    ];

    public static StderrFinding? Read(string tail) => Read(Lines(tail));

    public static StderrFinding? Read(string[] lines) =>
        Readers.Select(read => read(lines)).Where(f => f is not null).MaxBy(f => f!.FirstLine);

    /// <summary>True when hardly anything follows the notice, so the program ended with it.</summary>
    public static bool IsLastWord(StderrFinding finding, string[] lines)
    {
        var after = lines.Skip(finding.LastLine + 1).Count(l => !string.IsNullOrWhiteSpace(l));
        return after <= MaxLinesAfterNotice;
    }

    public static string[] Lines(string tail)
    {
        var lines = tail.Split('\n');
        var kept = lines.Length > MaxLines ? lines[^MaxLines..] : lines;
        for (var i = 0; i < kept.Length; i++)
        {
            var line = kept[i].TrimEnd('\r');
            kept[i] = line.Length > MaxLineChars ? line[..MaxLineChars] : line;
        }

        return kept;
    }
}
