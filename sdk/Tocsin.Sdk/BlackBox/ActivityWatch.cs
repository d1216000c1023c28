using System.Diagnostics;

namespace TocsinSdk.BlackBox;

/// <summary>
/// Copies beginnings and ends of activities into the black box. It samples nothing itself: an activity nobody else
/// asked for is not created for it.
/// </summary>
internal static class ActivityWatch
{
    public static void Start(BlackBoxWriter box) => ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = static source => !source.Name.StartsWith("Experimental.System.Net.", StringComparison.Ordinal),
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.None,
        ActivityStarted = activity => Safely(box.Began, activity),
        ActivityStopped = activity => Safely(box.Ended, activity),
    });

    // An exception here would surface in the application's own call.
    private static void Safely(Action<Activity> step, Activity activity)
    {
        try
        {
            step(activity);
        }
        catch (Exception)
        {
            // The box then lacks one operation.
        }
    }
}
