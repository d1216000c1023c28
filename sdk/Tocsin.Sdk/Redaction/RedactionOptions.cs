namespace TocsinSdk;

/// <summary>What is removed from everything that leaves the process.</summary>
public sealed class RedactionOptions
{
}
