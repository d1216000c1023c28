using TocsinSdk.Runs;

namespace TocsinSdk;

public static partial class Tocsin
{
    /// <summary>
    /// Reports an exception the program caught and will live with: a record with stack, breadcrumbs, last logs, user and
    /// trace reaches the server, which groups it with others of its kind. The same exception reported twice, by
    /// whomever, is one record; when it then ends the process after all, that record becomes the crash's. Never throws
    /// and never waits for the server; beyond <see cref="AnalysisOptions.CapturesPerMinute"/> an exception gets an id
    /// but no record.
    /// </summary>
    /// <param name="exception">What was caught.</param>
    /// <param name="context">Facts that help, at most 32: ("order.id", 7). Values are cut at 1024 characters.</param>
    /// <returns>The id to show to the user and to look for ("CRASH-20261121040506-…"); null before the start.</returns>
    public static string? CaptureException(
        Exception exception, IEnumerable<KeyValuePair<string, object?>>? context = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return ProcessRun.Current?.Errors.Capture(exception, context);
    }

    /// <summary>What the rules say about an exception: category, severity, likely cause, what to do next.</summary>
    /// <param name="exception">Need not have been captured.</param>
    /// <returns>
    /// Null before the start, when its own Message fails, and when more than 50 different errors come in one second.
    /// </returns>
    public static ErrorAnalysis? Analyze(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return ProcessRun.Current?.Analyzer.Analyze(exception);
    }
}
