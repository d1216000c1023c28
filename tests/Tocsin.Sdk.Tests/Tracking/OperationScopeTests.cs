using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Tocsin.Testing;
using TocsinSdk.Tracking;

namespace TocsinSdk.Tests.Tracking;

public sealed class OperationScopeTests
{
    private readonly TrackingOptions _options = new();
    private readonly RecordedLogs _logs = new();
    private readonly FakeClock _clock = new();
    private readonly Operations _operations;

    public OperationScopeTests()
    {
        _operations = new Operations(() => _options, _clock);
        _operations.LogTo(_logs);
    }

    [Fact]
    public void An_operation_is_told_with_its_duration_and_outcome()
    {
        using (var scope = _operations.Begin("checkout"))
        {
            scope.Set("cart", 7);
            _clock.Advance(TimeSpan.FromMilliseconds(250));
        }
        var record = _logs.Records.ShouldHaveSingleItem();
        record.Level.ShouldBe(LogLevel.Debug);
        record.EventId.Name.ShouldBe("performance_metrics");
        record["operation"].ShouldBe("checkout");
        record["duration_ms"].ShouldBe(250.0);
        record["success"].ShouldBe(true);
        record["db_queries"].ShouldBe(0);
        record["cart"].ShouldBe(7);
        record.Message.ShouldBe("performance_metrics: checkout took 250 ms");
    }

    [Fact]
    public void A_failure_is_told_with_its_reason()
    {
        using (var scope = _operations.Begin("checkout"))
            scope.Fail(new InvalidOperationException("no stock"));
        _logs.Records[0]["success"].ShouldBe(false);
        _logs.Records[0]["error"].ShouldBe("no stock");
        _operations.Summaries.Read()[0].Errors.ShouldBe(1);
    }

    [Fact]
    public void Thirty_seconds_are_slow_by_default()
    {
        using (_operations.Begin("report"))
            _clock.Advance(TimeSpan.FromSeconds(31));
        var alert = _logs.Records.Single(r => r.EventId.Name == "performance_alert");
        alert.Level.ShouldBe(LogLevel.Warning);
        alert["issue"].ShouldBe("slow_execution");
        alert["duration_ms"].ShouldBe(31_000.0);
        alert["threshold_ms"].ShouldBe(30_000.0);
    }

    [Theory]
    [InlineData("import", null, 99, false)]
    [InlineData("import", null, 100, true)]
    [InlineData("other", 50, 50, true)]
    [InlineData("import", 50, 50, false)]
    public void A_threshold_by_name_goes_before_the_one_in_code(string name, int? code, int took, bool slow)
    {
        _options.Thresholds["import"] = "100ms";
        using (_operations.Begin(name, code is { } ms ? TimeSpan.FromMilliseconds(ms) : null))
            _clock.Advance(TimeSpan.FromMilliseconds(took));
        _logs.Records.Any(r => r.EventId.Name == "performance_alert").ShouldBe(slow);
    }

    [Fact]
    public async Task Allocations_after_awaits_and_in_child_tasks_are_the_operations_and_those_outside_are_not()
    {
        const int block = 1_000_000;
        var scope = _operations.Begin("async");
        using var go = new SemaphoreSlim(0);
        var children = Enumerable.Range(0, 4).Select(async _ =>
        {
            await go.WaitAsync();
            Waste(block);
            await Task.Yield();
            Waste(block);
        }).ToArray();
        Task outside;
        using (ExecutionContext.SuppressFlow())
            outside = Task.Run(() => Waste(50 * block));
        await outside;
        go.Release(4);
        await Task.WhenAll(children);
        Waste(block);
        scope.Dispose();
        Waste(20 * block);
        // Nine blocks; a child is done before its thread leaves the operation, so its last stretch may come too late.
        scope.Spent.Bytes.ShouldBeInRange(5L * block, 12L * block);
    }

    [Fact]
    public async Task What_a_detached_task_does_after_the_end_is_nobodys()
    {
        var scope = _operations.Begin("short");
        using var go = new SemaphoreSlim(0);
        var late = Task.Run(async () =>
        {
            await go.WaitAsync();
            ScopeContext.Current.ShouldBeNull();
            Waste(5_000_000);
        });
        scope.Dispose();
        var before = scope.Spent.Bytes;
        go.Release();
        await late;
        scope.Spent.Bytes.ShouldBe(before);
    }

    [Fact]
    public void Cpu_time_is_the_threads_own()
    {
        Assert.SkipUnless(ThreadCpu.Known, "the platform does not tell");
        var scope = _operations.Begin("cpu");
        var before = ThreadCpu.Now();
        for (var i = 0; ThreadCpu.Now() - before < 30_000_000; i++)
            Math.Sqrt(i);
        scope.Dispose();
        scope.Spent.Cpu.TotalMilliseconds.ShouldBeInRange(30, 1000);
    }

    [Fact]
    public void The_outer_operation_includes_the_inner()
    {
        var outer = _operations.Begin("outer");
        using (var inner = _operations.Begin("inner"))
        {
            ScopeContext.Current.ShouldBeSameAs(inner);
            inner.CacheHit();
            inner.CacheHit();
            inner.CacheMiss();
            inner.Spent.Query(TimeSpan.FromMilliseconds(3));
            Waste(1_000_000);
        }
        ScopeContext.Current.ShouldBeSameAs(outer);
        outer.Dispose();
        outer.Spent.Nested.ShouldBe(1);
        outer.Spent.DbQueries.ShouldBe(1);
        outer.Spent.CacheEfficiency.ShouldBe(2 / 3.0, 1e-9);
        outer.Spent.Bytes.ShouldBeGreaterThan(1_000_000);
        ScopeContext.Current.ShouldBeNull();
    }

    [Fact]
    public void An_operation_has_a_span_when_somebody_listens()
    {
        Activity? ended = null;
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Tocsin.Sdk",
            Sample = (ref ActivityCreationOptions<ActivityContext> o) =>
                o.Name == "with span" ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = a => ended = a,
        };
        ActivitySource.AddActivityListener(listener);
        using (var scope = _operations.Begin("with span"))
            scope.Set("cart", 7).Fail(new ArgumentException("bad"));
        ended!.OperationName.ShouldBe("with span");
        ended.GetTagItem("cart").ShouldBe(7);
        ended.Status.ShouldBe(ActivityStatusCode.Error);
        ended.GetTagItem("error.type").ShouldBe("System.ArgumentException");
        ended.GetTagItem("tocsin.operation.db_queries").ShouldBe(0);
    }

    [Fact]
    public void A_logger_that_throws_does_not_reach_the_application()
    {
        _operations.LogTo(new ThrowingLoggers());
        Should.NotThrow(() => _operations.Begin("x").Dispose());
    }

    [Fact]
    public void Off_is_off()
    {
        _options.Enabled = false;
        using var scope = _operations.Begin("x");
        scope.Set("a", 1).Fail("no");
        scope.ShouldBeSameAs(OperationScope.Inert);
        ScopeContext.Current.ShouldBeNull();
    }

    [Fact]
    public async Task A_stream_is_one_operation_and_its_consumer_stays_outside()
    {
        var stream = new TrackedStream<int>(Numbers(3), () => _operations.Begin("stream"));
        var seen = new List<int>();
        await foreach (var number in stream)
        {
            ScopeContext.Current.ShouldBeNull();
            seen.Add(number);
        }
        seen.ShouldBe([0, 1, 2]);
        _logs.Records.ShouldHaveSingleItem()["success"].ShouldBe(true);
    }

    [Fact]
    public async Task A_stream_that_fails_or_is_left_early_ends_its_operation_once()
    {
        var failing = new TrackedStream<int>(Numbers(-1), () => _operations.Begin("failing"));
        await Should.ThrowAsync<InvalidOperationException>(async () =>
        {
            await foreach (var _ in failing)
            {
            }
        });
        await foreach (var _ in new TrackedStream<int>(Numbers(3), () => _operations.Begin("left")))
            break;
        _logs.Records.Select(r => (r["operation"], r["success"]))
            .ShouldBe([("failing", false), ("left", true)]);
    }

    [Fact]
    public void The_summary_is_bounded_and_has_percentiles()
    {
        _options.MaxOperations = 2;
        for (var i = 1; i <= 100; i++)
        {
            using (_operations.Begin("a"))
                _clock.Advance(TimeSpan.FromMilliseconds(i));
        }
        foreach (var name in (string[])["b", "c", "d"])
            _operations.Begin(name).Dispose();
        var summaries = _operations.Summaries.Read();
        summaries.Select(s => s.Name).ShouldBe(["a", "b", OperationSummaries.Others], ignoreOrder: true);
        var a = summaries.Single(s => s.Name == "a");
        (a.Count, a.P50.TotalMilliseconds, a.P95.TotalMilliseconds, a.Max.TotalMilliseconds).ShouldBe((100, 51, 96, 100));
        summaries.Single(s => s.Name == OperationSummaries.Others).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("00:00:05", 5_000)]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("0s", null)]
    [InlineData("-5s", null)]
    [InlineData("soon", null)]
    [InlineData("ms", null)]
    public void A_threshold_is_read_from_text(string text, int? milliseconds) =>
        (TrackingOptions.ThresholdOf(text)?.TotalMilliseconds).ShouldBe(milliseconds);

    private static async IAsyncEnumerable<int> Numbers(int count)
    {
        ScopeContext.Current.ShouldNotBeNull();
        await Task.Yield();
        if (count < 0)
            throw new InvalidOperationException("no numbers");
        for (var i = 0; i < count; i++)
        {
            yield return i;
            await Task.Yield();
            ScopeContext.Current.ShouldNotBeNull();
        }
    }

    private static void Waste(int bytes) => GC.KeepAlive(new byte[bytes]);

    private sealed class ThrowingLoggers : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Thrower();

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        private sealed class Thrower : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
                Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("broken sink");
        }
    }
}
