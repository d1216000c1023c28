namespace TocsinSdk;

/// <summary>The page under /debug.</summary>
public sealed class DebugOptions
{
}
