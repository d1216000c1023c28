namespace Tocsin.Alerting.Delivery;

/// <summary>How long to wait before the next attempt: 5 s, doubled up to 10 min, a fifth of it random so that channels spread out.</summary>
internal static class Backoff
{
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(5), s_longest = TimeSpan.FromMinutes(10);

    /// <param name="attempts">Attempts already made, this one included; at least 1.</param>
    /// <param name="asked">What the remote side asked for; obeyed, but not beyond the time of giving up.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan After(int attempts, TimeSpan? asked, double random)
    {
        TimeSpan wait = s_first * Math.Pow(2, Math.Min(attempts - 1, 10));
        if (wait > s_longest)
            wait = s_longest;
        wait *= 0.9 + 0.2 * random;
        return asked is { } longer && longer > wait ? TimeSpan.FromTicks(Math.Min(longer.Ticks, GiveUpAfter.Ticks)) : wait;
    }
}
