namespace TocsinSdk;

/// <summary>Measures, and the /metrics page.</summary>
public sealed class MetricOptions
{
}
