using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using TocsinSdk.Health;
using static TocsinSdk.Tests.Health.HealthStage;

namespace TocsinSdk.Tests.Health;

/// <summary>Checks on timers: one run at a time each, time-outs, what is told of changes.</summary>
public sealed class HealthWatchTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Asking_never_runs_a_check()
    {
        var runs = 0;
        using var stage = await new HealthStage(Check("a", () =>
        {
            Interlocked.Increment(ref runs);
            return HealthCheckResult.Healthy();
        })).Begin();

        for (var i = 0; i < 1000; i++)
            stage.Watch.Read().State.ShouldBe(HealthState.Healthy);
        runs.ShouldBe(1);
    }

    [Fact]
    public async Task A_check_runs_again_after_its_period()
    {
        var runs = new SemaphoreSlim(0);
        var registration = Check("a", () =>
        {
            runs.Release();
            return HealthCheckResult.Healthy();
        });
        registration.Period = TimeSpan.FromSeconds(3);
        using var stage = await new HealthStage(registration).Begin();
        (await runs.WaitAsync(s_deadline)).ShouldBeTrue();

        stage.Clock.Advance(TimeSpan.FromSeconds(2.9));
        runs.CurrentCount.ShouldBe(0);
        stage.Clock.Advance(TimeSpan.FromSeconds(0.1));
        (await runs.WaitAsync(s_deadline)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_hanging_check_is_told_as_such_and_piles_up_no_second_run_and_holds_up_no_other()
    {
        var (runs, release, begun) = (0, new TaskCompletionSource<HealthCheckResult>(), new TaskCompletionSource());
        var well = Check("well", () => HealthCheckResult.Healthy());
        well.Period = TimeSpan.FromDays(1); // real work takes its time while the clock is moved by minutes
        using var stage = new HealthStage(
            Check("hangs", _ =>
            {
                Interlocked.Increment(ref runs);
                begun.TrySetResult();
                return release.Task;
            }),
            well);
        await stage.Watch.StartingAsync(default);
        stage.Clock.Advance(TimeSpan.Zero);
        await stage.Watch.Checks[1].First.WaitAsync(s_deadline);
        await begun.Task.WaitAsync(s_deadline);
        stage.Watch.Checks[0].Latest.ShouldBeNull();

        stage.Clock.Advance(TimeSpan.FromSeconds(5));
        await stage.Watch.Checks[0].First.WaitAsync(s_deadline);
        stage.Outcome().State.ShouldBe(HealthState.Unhealthy);
        stage.Outcome().Error.ShouldBe("no answer for 5 s");

        for (var i = 0; i < 100; i++)
            stage.Clock.Advance(TimeSpan.FromSeconds(15));
        runs.ShouldBe(1);
        stage.Outcome().Error.ShouldBe("no answer for 1500 s");
        stage.Outcome(1).State.ShouldBe(HealthState.Healthy);

        release.SetResult(HealthCheckResult.Healthy());
        await Eventually(async () =>
        {
            await stage.Turn();
            return stage.Outcome().State == HealthState.Healthy;
        });
    }

    [Fact]
    public async Task A_check_that_blocks_its_thread_is_given_up_all_the_same()
    {
        using var release = new ManualResetEventSlim();
        using var stage = new HealthStage(Check("blocks", () =>
        {
            release.Wait();
            return HealthCheckResult.Healthy();
        }));
        var turn = stage.Turn();
        await Eventually(() =>
        {
            stage.Clock.Advance(TimeSpan.FromSeconds(5));
            return Task.FromResult(turn.IsCompleted);
        });
        stage.Outcome().Error.ShouldNotBeNull().ShouldStartWith("no answer for");
        release.Set();
    }

    [Fact]
    public async Task A_check_that_is_cancelled_in_time_is_told_as_silent_not_as_cancelled()
    {
        using var stage = new HealthStage(Check("slow", async cancel =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return HealthCheckResult.Healthy();
        }));
        var turn = stage.Turn();
        await Eventually(() =>
        {
            stage.Clock.Advance(TimeSpan.FromSeconds(5));
            return Task.FromResult(turn.IsCompleted);
        });
        stage.Outcome().Error.ShouldNotBeNull().ShouldStartWith("no answer for");
    }

    [Fact]
    public async Task A_check_that_throws_has_the_status_it_was_registered_with_and_names_its_causes()
    {
        var failing = new HealthCheckRegistration("fails", _ => throw new InvalidOperationException(
            "no pool", new TimeoutException("waited 3 s")), HealthStatus.Degraded, null);
        using var stage = await new HealthStage(failing).Begin();
        stage.Outcome().State.ShouldBe(HealthState.Degraded);
        stage.Outcome().Error.ShouldBe("InvalidOperationException: no pool <- TimeoutException: waited 3 s");
    }

    [Fact]
    public async Task A_time_out_that_the_check_itself_reports_is_a_failure_with_its_own_words()
    {
        using var stage = await new HealthStage(
            Check("slow", _ => throw new TimeoutException("the pool gave no connection"))).Begin();
        stage.Outcome().Error.ShouldBe("TimeoutException: the pool gave no connection");
    }

    [Fact]
    public async Task A_warning_leaves_the_whole_healthy_and_degraded_does_not()
    {
        using var stage = await new HealthStage(
            Check("system", () => HealthCheckResult.Degraded(), HealthWords.Warning),
            Check("other", () => HealthCheckResult.Healthy())).Begin();
        stage.Outcome().State.ShouldBe(HealthState.Warning);
        stage.Watch.Read().State.ShouldBe(HealthState.Healthy);

        using var second = await new HealthStage(Check("other", () => HealthCheckResult.Degraded())).Begin();
        second.Watch.Read().State.ShouldBe(HealthState.Degraded);
    }

    [Fact]
    public async Task Not_ready_while_starting_while_stopping_and_while_a_ready_check_is_unhealthy()
    {
        var status = HealthStatus.Unhealthy;
        using var stage = await new HealthStage(
            Check("database", () => new HealthCheckResult(status), HealthWords.Ready)).Begin();
        stage.Watch.Read().NotReady.ShouldBe("starting");
        stage.Started();
        stage.Watch.Read().NotReady.ShouldBe("database is unhealthy");
        status = HealthStatus.Healthy;
        await stage.Turn();
        stage.Watch.Read().NotReady.ShouldBeNull();
        stage.StopApplication();
        stage.Watch.Read().NotReady.ShouldBe("stopping");
    }

    [Fact]
    public async Task Changes_are_told_once_with_the_reason_and_nothing_is_told_of_no_change()
    {
        var result = HealthCheckResult.Healthy();
        using var stage = await new HealthStage(Check("redis", () => result)).Begin();
        stage.Logs.Lines.ShouldBeEmpty();

        result = HealthCheckResult.Unhealthy(exception: new IOException("connection refused"));
        await stage.Turn();
        await stage.Turn();
        var (level, text) = stage.Logs.Lines.ShouldHaveSingleItem();
        level.ShouldBe(LogLevel.Error);
        text.ShouldContain("redis was healthy and is unhealthy");
        text.ShouldEndWith("IOException: connection refused");
        stage.Outcome().Failures.ShouldBe(2);

        result = HealthCheckResult.Healthy();
        await stage.Turn();
        stage.Logs.Lines.Last().Level.ShouldBe(LogLevel.Information);
        stage.Outcome().Failures.ShouldBe(0);
    }

    [Fact]
    public async Task A_flapping_check_is_told_once_and_again_when_it_has_settled()
    {
        var well = true;
        var registration = Check("redis",
            () => well ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("gone"));
        registration.Period = TimeSpan.FromDays(1); // only the test runs it
        using var stage = await new HealthStage(registration).Begin();
        for (var i = 0; i < 101; i++)
        {
            well = !well;
            stage.Clock.Advance(TimeSpan.FromSeconds(1));
            await stage.Turn();
        }
        stage.Logs.Lines.Count.ShouldBe(HealthChanges.FlapAfter);
        stage.Logs.Lines.Last().Text.ShouldContain("is flapping");
        stage.Watch.Read().Checks[0].Flapping.ShouldBeTrue();

        stage.Clock.Advance(HealthChanges.FlapWindow);
        await stage.Turn();
        stage.Logs.Lines.Last().Text.ShouldBe("Health check redis has stopped flapping and is unhealthy: gone");
        stage.Watch.Read().Checks[0].Flapping.ShouldBeFalse();
    }

    [Fact]
    public async Task The_gauge_tells_the_state_of_each_check_while_the_watch_runs()
    {
        var measured = new Dictionary<string, double>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "tocsin.health.status")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => measured[(string)tags[0].Value!] = value);
        var name = Guid.NewGuid().ToString();
        var stage = await new HealthStage(
            Check(name + "a", () => HealthCheckResult.Healthy()),
            Check(name + "b", () => HealthCheckResult.Degraded()),
            Check(name + "c", () => HealthCheckResult.Unhealthy())).Begin();
        listener.Start();
        listener.RecordObservableInstruments();
        (measured[name + "a"], measured[name + "b"], measured[name + "c"]).ShouldBe((1, 0.5, 0));

        stage.Dispose();
        measured.Clear();
        listener.RecordObservableInstruments();
        measured.Keys.ShouldNotContain(name + "a");
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        var limit = DateTime.UtcNow + s_deadline;
        while (!await condition())
        {
            DateTime.UtcNow.ShouldBeLessThan(limit);
            await Task.Yield();
        }
    }
}
