using System.Diagnostics;

namespace TocsinSdk.Tracing;

/// <summary>
/// Spans end on the application's threads, and what is thrown there would be thrown at the application.
/// </summary>
internal static class Quiet
{
    public static void Do(Action<Activity> step, Activity span)
    {
        try
        {
            step(span);
        }
        catch (Exception)
        {
            TraceCounters.Failed.Add(1);
        }
    }
}
