namespace Tocsin.Model;

/// <summary>
/// Severity is one byte, OpenTelemetry's severity number: 0 unknown, 1-4 trace, 5-8 debug, 9-12 info, 13-16 warn,
/// 17-20 error, 21-24 fatal. Comparison is by number.
/// </summary>
public static class Severity
{
    public const byte Unknown = 0, Trace = 1, Debug = 5, Info = 9, Warn = 13, Error = 17, Fatal = 21, Max = 24;

    private static readonly string[] s_names = ["unknown", "trace", "debug", "info", "warn", "error", "fatal"];

    /// <summary>The lower-case family name: "unknown", "trace" … "fatal".</summary>
    public static string Name(byte severity) => s_names[Family(severity)];

    /// <summary>0 unknown, 1 trace, 2 debug, 3 info, 4 warn, 5 error, 6 fatal.</summary>
    public static int Family(byte severity) => severity == 0 ? 0 : Math.Min((severity - 1) / 4 + 1, 6);

    /// <summary>The lowest number of a family, or null when the word is not a severity in any common dialect.</summary>
    public static byte? Parse(ReadOnlySpan<char> word)
    {
        Span<char> lower = stackalloc char[16];
        word = word.Trim();
        if (word.Length is 0 or > 16)
            return null;
        word.ToLowerInvariant(lower);
        return lower[..word.Length] switch
        {
            "trace" or "verbose" or "trc" or "vrb" => Trace,
            "debug" or "dbg" or "dbug" => Debug,
            "info" or "information" or "notice" or "inf" => Info,
            "warn" or "warning" or "wrn" => Warn,
            "error" or "err" or "fail" => Error,
            "fatal" or "critical" or "crit" or "alert" or "emergency" or "emerg" or "panic" or "ftl" => Fatal,
            "unknown" => Unknown,
            _ => null,
        };
    }
}
