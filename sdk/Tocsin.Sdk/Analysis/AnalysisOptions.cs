namespace TocsinSdk;

/// <summary>Analysis of captured errors.</summary>
public sealed class AnalysisOptions
{
}
