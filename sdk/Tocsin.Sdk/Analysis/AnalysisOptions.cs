namespace TocsinSdk;

/// <summary>Analysis of captured errors.</summary>
public sealed class AnalysisOptions
{
    /// <summary>
    /// How many exceptions a minute may become records on the server; the others are counted. Default 60, 0 for none.
    /// </summary>
    public int CapturesPerMinute { get; set; } = 60;

    internal IEnumerable<string> Problems()
    {
        if (CapturesPerMinute < 0)
            yield return $"Analysis.CapturesPerMinute is {CapturesPerMinute}; expected 0 or more";
    }
}
