namespace TocsinSdk;

/// <summary>Analysis of captured errors.</summary>
public sealed class AnalysisOptions
{
    /// <summary>
    /// Whether exceptions that are captured, or logged at Error and above, get a category, a severity and suggestions.
    /// Default true.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// How many exceptions a minute may become records on the server; the others are counted. Default 60, 0 for none.
    /// </summary>
    public int CapturesPerMinute { get; set; } = 60;

    /// <summary>
    /// Whether a captured exception is kept with its circumstances (stack, operations, breadcrumbs, memory, loaded
    /// assemblies) in a record execution_context_captured; costs milliseconds each. Default: only when the environment
    /// is "Development".
    /// </summary>
    public bool? CaptureExecutionContext { get; set; }

    /// <summary>
    /// Whether a captured exception stops in the debugger, where one is attached. Only when the environment is
    /// "Development". Default false.
    /// </summary>
    public bool BreakOnError { get; set; }

    internal IEnumerable<string> Problems()
    {
        if (CapturesPerMinute < 0)
            yield return $"Analysis.CapturesPerMinute is {CapturesPerMinute}; expected 0 or more";
    }
}
