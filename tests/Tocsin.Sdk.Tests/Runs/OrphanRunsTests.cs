using Tocsin.Model.Crashes;
using TocsinSdk.BlackBox;
using TocsinSdk.Delivery;
using TocsinSdk.Runs;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Runs;

public sealed class OrphanRunsTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();
    private readonly RunFolder _own;
    private readonly OrphanRuns _orphans;

    public OrphanRunsTests()
    {
        _own = RunFolder.Open(Settings.Resolve(
            o => (o.StateDirectory, o.ServiceName) = (_state.Path, "shop"),
                Around.Nothing));
        _orphans = new OrphanRuns(_own, null, TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    private TocsinServer Server => new(new Uri(_server.Url), null);

    public void Dispose()
    {
        _own.Discard();
        _server.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void Of_too_many_runs_the_first_and_the_last_are_kept()
    {
        for (var i = 0; i < OrphanRuns.MaxRuns + 10; i++)
            Left($"run-{i:00}");
        AdoptAll();
        var runs = _server.Crashes.Select(c => c.Process.RunId).ToList();
        runs.Count.ShouldBe(OrphanRuns.MaxRuns);
        runs.ShouldContain("run-00");
        runs.ShouldContain("run-29");
        runs.ShouldNotContain("run-15");
        Directory.GetDirectories(_own.Siblings!).ShouldBe([_own.Path!]);
    }

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 0)]
    [InlineData(false, false, (int)CrashState.Delivered)]
    public void What_is_explained_or_told_already_is_only_cleared_away(bool stopping, bool clean, int state)
    {
        Left("run", box =>
        {
            if (stopping)
                box.StopRequested(15);
            if (clean)
                box.CleanExit(0);
            box.Crash((CrashState)state, "CRASH-1");
        });
        AdoptAll();
        _server.Crashes.ShouldBeEmpty();
        Directory.GetDirectories(_own.Siblings!).ShouldBe([_own.Path!]);
    }

    [Fact]
    public void A_server_that_refuses_for_now_gets_the_same_record_later()
    {
        Left("run");
        _server.Status = 503;
        _orphans.AdoptOne(Server, s_timeout);
        _orphans.HasMore.ShouldBeFalse("it waits before it tries again");
        _server.Status = 200;
        new OrphanRuns(_own, null, TimeSpan.FromSeconds(10), TimeProvider.System).AdoptOne(Server, s_timeout);
        _server.Crashes.Count.ShouldBe(2);
        _server.Crashes[0].CrashId.ShouldBe(_server.Crashes[1].CrashId);
        _server.Crashes[0].Class.ShouldBe(CrashClass.Abnormal);
    }

    [Fact]
    public void A_record_the_server_finds_wrong_is_not_sent_for_ever()
    {
        Left("run");
        _server.Status = 400;
        AdoptAll();
        _server.Crashes.Count.ShouldBe(1);
        Directory.GetDirectories(_own.Siblings!).ShouldBe([_own.Path!]);
    }

    [Fact]
    public void A_run_that_lives_is_left_alone()
    {
        Left("run");
        RunFolder.TryLock(Path.Combine(_own.Siblings!, "run"), out var held, out _).ShouldBeTrue();
        using (held)
            AdoptAll();
        _server.Crashes.ShouldBeEmpty();
        Directory.GetDirectories(_own.Siblings!).Length.ShouldBe(2);
    }

    [Fact]
    public void A_run_that_hung_before_it_went_says_so()
    {
        var clock = new SteppedClock(Some.Time);
        Left("run", box =>
        {
            clock.Now = Some.Time.AddSeconds(45);
            box.Beat();
        }, clock);
        AdoptAll();
        _server.Crashes.ShouldHaveSingleItem().Evidence.ShouldContain(e =>
            e.Detail.Contains("had not answered for 45 s", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, CrashClass.OutOfMemory)]
    [InlineData(9, CrashClass.OutOfMemory)]
    [InlineData(11, CrashClass.Abnormal)]
    public void A_run_whose_memory_ran_out_at_the_end_died_of_that(int secondsItLivedOn, CrashClass expected)
    {
        var clock = new SteppedClock(Some.Time);
        Left("run", box =>
        {
            box.MemoryRanOut();
            clock.Now = Some.Time.AddSeconds(secondsItLivedOn);
            box.Beat();
        }, clock);
        AdoptAll();
        var crash = _server.Crashes.ShouldHaveSingleItem();
        crash.Class.ShouldBe(expected);
        crash.Evidence.Any(e => e.Detail.Contains("memory had run out", StringComparison.Ordinal))
            .ShouldBe(expected == CrashClass.OutOfMemory);
    }

    private void AdoptAll()
    {
        while (_orphans.HasMore)
            _orphans.AdoptOne(Server, s_timeout);
    }

    private unsafe void Left(string runId, Action<BlackBoxWriter>? then = null, TimeProvider? clock = null)
    {
        var folder = Path.Combine(_own.Siblings!, runId);
        RunFolder.TryLock(folder, out var held, out _).ShouldBeTrue();
        held!.Dispose();
        var memory = BlackBoxMemory.Map(Path.Combine(folder, BlackBoxLayout.FileName));
        var identity = Some.Identity with { RunId = runId };
        var box = new BlackBoxWriter(memory, identity, Pulse.Period, clock ?? TimeProvider.System);
        then?.Invoke(box);
    }

    private sealed class SteppedClock(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
