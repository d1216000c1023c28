using System.Diagnostics;

namespace Tocsin.Sdk.BlackBox;

/// <summary>
/// Copies beginnings and ends of activities into the black box. It samples nothing itself: an activity nobody else asked
/// for is not created for it.
/// </summary>
internal sealed class ActivityWatch
{
    public ActivityWatch(BlackBoxWriter box) => ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = static source => !source.Name.StartsWith("Experimental.System.Net.", StringComparison.Ordinal),
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.None,
        ActivityStarted = box.Began,
        ActivityStopped = box.Ended,
    });
}
