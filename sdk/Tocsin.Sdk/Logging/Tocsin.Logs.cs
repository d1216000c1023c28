using Microsoft.Extensions.Logging;
using TocsinSdk.Runs;

namespace TocsinSdk;

public static partial class Tocsin
{
    /// <summary>
    /// Changes the least severe level of a category, and of all whose names begin with it, in the running process; it
    /// beats every configuration of the same or a shorter name. Does nothing before the start.
    /// </summary>
    /// <param name="category">As "Shop" or "Microsoft.EntityFrameworkCore"; the empty text is every category.</param>
    /// <param name="level">The level; null goes back to what is configured.</param>
    public static void SetLogLevel(string category, LogLevel? level)
    {
        ArgumentNullException.ThrowIfNull(category);
        ProcessRun.Current?.Logs.Levels.Set(category, level);
    }
}
