using System.Text;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.Debugging;

/// <summary>One log record as the page shows it: a line of JSON (docs/formats/log-line.md), already redacted.</summary>
/// <param name="Number">1 for the first record of the process that was kept.</param>
/// <param name="Level">Its level.</param>
/// <param name="TraceId">32 hex digits; null without a trace.</param>
/// <param name="Json">One JSON object, UTF-8, without a line feed.</param>
internal sealed record LogLine(long Number, LogLevel Level, string? TraceId, ReadOnlyMemory<byte> Json)
{
    private string? _text;

    /// <summary>The JSON as text, made once when somebody searches.</summary>
    public string Text => _text ??= Encoding.UTF8.GetString(Json.Span);
}

/// <summary>Which records somebody wants to see.</summary>
internal sealed record LogFilter(LogLevel Least, bool OnlyThatLevel, string? Text, string? TraceId)
{
    public bool Matches(LogLine line) =>
        (OnlyThatLevel ? line.Level == Least : line.Level >= Least)
        && (TraceId is null || line.TraceId == TraceId)
        && (Text is null || line.Text.Contains(Text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Names as in the records ("warning"), and those that .NET and others use; null for anything else.</summary>
    public static LogLevel? LevelOf(string? name) => name?.ToLowerInvariant() switch
    {
        "trace" or "all" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" or "information" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "critical" or "fatal" => LogLevel.Critical,
        _ => null,
    };
}
