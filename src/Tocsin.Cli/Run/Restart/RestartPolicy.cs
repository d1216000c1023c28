namespace Tocsin.Cli.Run.Restart;

/// <summary>Decides after each end whether to start again and how long to wait first.</summary>
internal sealed class RestartPolicy(RestartMode mode, int? maxRestarts)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    /// <summary>A run this long was healthy; the next failure is a new story.</summary>
    private static readonly TimeSpan HealthyRun = TimeSpan.FromMinutes(1);

    private TimeSpan _delay = FirstDelay;

    public int Restarts { get; private set; }

    /// <summary>The wait before the next start, or null when there is none.</summary>
    public TimeSpan? AfterEnd(bool failed, TimeSpan uptime)
    {
        var wanted = mode == RestartMode.Always || mode == RestartMode.OnFailure && failed;
        if (!wanted || Restarts >= maxRestarts)
        {
            return null;
        }

        var delay = uptime >= HealthyRun ? FirstDelay : _delay;
        _delay = delay + delay < LongestDelay ? delay + delay : LongestDelay;
        Restarts++;
        return delay;
    }
}
