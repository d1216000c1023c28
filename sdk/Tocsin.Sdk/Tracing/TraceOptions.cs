namespace TocsinSdk;

/// <summary>Sampling and naming of spans.</summary>
public sealed class TraceOptions
{
}
