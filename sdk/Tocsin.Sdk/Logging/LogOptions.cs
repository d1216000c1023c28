namespace TocsinSdk;

/// <summary>Log files, console, levels and the verbose ring.</summary>
public sealed class LogOptions
{
}
