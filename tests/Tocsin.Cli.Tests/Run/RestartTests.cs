using Tocsin.Cli.Run;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Cli.Run.Restart;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Restarts, crash loops and hangs, on made-up time.</summary>
public sealed class RestartTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void The_wait_doubles_to_a_minute_and_starts_over_after_a_healthy_run()
    {
        var policy = new RestartPolicy(RestartMode.OnFailure, null);
        var waits = Enumerable.Range(0, 8).Select(_ => policy.AfterEnd(failed: true,
            TimeSpan.FromSeconds(2))!.Value.TotalSeconds);
        waits.ShouldBe([1, 2, 4, 8, 16, 32, 60, 60]);
        policy.AfterEnd(failed: true, TimeSpan.FromMinutes(1)).ShouldBe(TimeSpan.FromSeconds(1));
        policy.AfterEnd(failed: true, TimeSpan.Zero).ShouldBe(TimeSpan.FromSeconds(2));
        policy.Restarts.ShouldBe(10);
    }

    [Fact]
    public void Modes_and_the_maximum_are_kept()
    {
        new RestartPolicy(RestartMode.Never, null).AfterEnd(true, default).ShouldBeNull();
        new RestartPolicy(RestartMode.OnFailure, null).AfterEnd(false, default).ShouldBeNull();
        new RestartPolicy(RestartMode.Always, null).AfterEnd(false, default).ShouldNotBeNull();
        var twice = new RestartPolicy(RestartMode.Always, 2);
        Enumerable.Range(0, 3).Select(_ => twice.AfterEnd(true, default) is not null).ShouldBe([true, true, false]);
    }

    [Fact]
    public void Five_deaths_in_five_minutes_are_a_loop_also_across_supervisors()
    {
        using var folder = new TemporaryFolder();
        var path = folder.At(DeathHistory.FileName);
        var loops = Enumerable.Range(0, 6).Select(i => new DeathHistory(path).Add(Start.AddSeconds(i * 60))).ToList();
        loops.ShouldBe([false, false, false, false, true, true]);
        new DeathHistory(path).Add(Start.AddHours(1)).ShouldBeFalse();
    }

    [Fact]
    public void A_damaged_or_missing_history_is_an_empty_one()
    {
        using var folder = new TemporaryFolder();
        new DeathHistory(folder.Write(DeathHistory.FileName,
            "x\n\n-4\n99999999999999999999\n253402300799999\n")).Add(Start).ShouldBeFalse();
        var memory = new DeathHistory("/nonexistent/deaths");
        Enumerable.Range(0, 5).Select(i => memory.Add(Start.AddSeconds(i))).ToList()[^1].ShouldBeTrue();
    }

    [Fact]
    public void A_hang_is_reported_once_per_episode_and_not_at_the_first_look()
    {
        var hang = new HangEpisode(TimeSpan.FromSeconds(10));
        bool Look(int now, int beat, int? pool = null, bool paused = false) =>
            hang.Look(Start.AddSeconds(now), Start.AddSeconds(beat), pool is { } p ? Start.AddSeconds(p) : null,
                paused);

        Look(5, 5).ShouldBeFalse();
        Look(14, 5).ShouldBeFalse();
        Look(15, 5).ShouldBeFalse();
        Look(16, 5).ShouldBeTrue();
        Look(17, 5).ShouldBeFalse();
        Look(18, 18).ShouldBeFalse();
        Look(40, 40, pool: 20).ShouldBeFalse();
        Look(41, 41, pool: 20).ShouldBeTrue();
        Look(42, 5, paused: true).ShouldBeFalse();
        Look(43, 5).ShouldBeFalse();
    }
}
