using TocsinSdk.Analysis;
using TocsinSdk.BlackBox;
using TocsinSdk.Delivery;

namespace TocsinSdk.Crashes;

/// <summary>
/// Reports exceptions of tasks nobody awaited. The event comes on the finalizer thread, so it only takes note; the
/// courier makes the record. At most <see cref="PerMinute"/>, because a loop that forgets to await makes thousands.
/// </summary>
internal sealed class UnobservedTasks(Courier courier, TimeProvider clock)
{
    public const int PerMinute = 5;

    // Owned by the finalizer thread.
    private DateTimeOffset _minute;
    private int _taken;
    private long _left;

    public void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs args)
    {
        if (ReportedErrors.IdOf(args.Exception) is not null)
            return;
        var now = clock.GetUtcNow();
        if (now - _minute >= TimeSpan.FromMinutes(1))
            (_minute, _taken) = (now, 0);
        var left = _left;
        var exception = args.Exception;
        if (_taken < PerMinute && courier.TryQueue(box => Facts(box, exception, now, left)))
            (_taken, _left) = (_taken + 1, 0);
        else
            _left++;
    }

    private static CrashFacts Facts(BlackBoxSnapshot box, AggregateException exception, DateTimeOffset time,
        long left) =>
        new()
    {
        CrashId = Crashes.CrashId.New(time),
        Class = CrashClasses.Unobserved,
        Time = time,
        Box = box,
        // The aggregate is the task's own wrapping; with one child, the child is the story.
        Exception = exception.InnerExceptions.Count == 1 ? exception.InnerExceptions[0] : exception,
        Evidence = [new Evidence("crash_file",
            "The runtime raised UnobservedTaskException: a task failed and nobody looked. The process lives on.")],
        Attributes = left == 0
            ? [] : [("tocsin.unobserved.left_out", left.ToString(System.Globalization.CultureInfo.InvariantCulture))],
        Resources = ProcessResources.Now(),
    };
}
