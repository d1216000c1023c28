using Tocsin.Crashes.Store;

namespace Tocsin.Crashes.Alerts;

/// <summary>What happened to a group with this crash, beyond one more of the same.</summary>
[Flags]
internal enum TurningPoint
{
    None = 0,
    New = 1,
    Regressed = 2,
    Spreading = 4,
    Spiking = 8,
    Looping = 16,
}

/// <summary>
/// Decides when a group deserves attention again. Pure. Spreading means ten times as many users as when somebody was
/// told last, or from one host or release to three and then to ten times; spiking means at least 10 crashes in five
/// minutes and at least ten times the group's usual rate, once an hour.
/// </summary>
internal static class TurningPoints
{
    private const int SpikeCrashes = 10, SpikeFactor = 10;
    private static readonly long s_spikePause = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    /// <summary>Each step is news once.</summary>
    private static readonly int[] s_userSteps = [2, 10, 100, 1000, 10_000], s_placeSteps = [3, 10, 100, 1000];

    /// <param name="before">The group before this crash; null when it is the first.</param>
    /// <param name="after">The group with it.</param>
    /// <param name="lastMinutes">Crashes in the present five minutes.</param>
    /// <param name="lastDay">Crashes in the last 24 hours.</param>
    /// <param name="loop">The record says that the process keeps crashing.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static TurningPoint Of(GroupRow? before, GroupRow after, long lastMinutes, long lastDay, bool loop, long now)
    {
        TurningPoint points = loop ? TurningPoint.Looping : TurningPoint.None;
        if (before is null || before.Count == 0)
            return points | TurningPoint.New;
        if (before.State == GroupState.Resolved)
            points |= TurningPoint.Regressed;
        if (Step(s_userSteps, after.Users) > Step(s_userSteps, after.ToldUsers)
            || Step(s_placeSteps, after.Hosts) > Step(s_placeSteps, after.ToldHosts)
            || Step(s_placeSteps, after.Releases) > Step(s_placeSteps, after.ToldReleases))
        {
            points |= TurningPoint.Spreading;
        }
        bool rested = after.ToldSpikeAt is not { } told || now - told > s_spikePause;
        // 288 slots of five minutes make a day.
        long usual = Math.Max(1, (lastDay - lastMinutes) / 288);
        if (rested && lastMinutes >= SpikeCrashes && lastMinutes >= usual * SpikeFactor)
            points |= TurningPoint.Spiking;
        return points;
    }

    /// <summary>The group with what is told now remembered.</summary>
    public static GroupRow Told(GroupRow row, TurningPoint points, long now) => row with
    {
        ToldUsers = row.Users,
        ToldHosts = row.Hosts,
        ToldReleases = row.Releases,
        ToldSpikeAt = points.HasFlag(TurningPoint.Spiking) ? now : row.ToldSpikeAt,
    };

    private static int Step(int[] steps, long value) => steps.Count(s => value >= s);
}
