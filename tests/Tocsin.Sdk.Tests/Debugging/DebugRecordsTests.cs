using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TocsinSdk.Debugging;
using TocsinSdk.Logging;
using TocsinSdk.Redaction;

namespace TocsinSdk.Tests.Debugging;

/// <summary>What the debug page remembers: bounded, redacted, without its own doings.</summary>
public sealed class DebugRecordsTests
{
    private static readonly Redactor s_redactor = new(new RedactionOptions());

    private readonly ErrorGroups _errors = new();
    private readonly SessionTable _sessions = new();
    private readonly LogRing _ring;
    private readonly ILogger _log;

    public DebugRecordsTests()
    {
        _ring = new LogRing(64 << 10, _errors, _sessions);
        var provider = new TocsinLoggerProvider(s_redactor, TimeProvider.System);
        provider.Add(_ring);
        provider.SetScopeProvider(new LoggerExternalScopeProvider());
        _log = provider.CreateLogger("Shop.Orders");
    }

    [Fact]
    public void Records_are_found_by_level_text_and_trace()
    {
        _log.LogInformation("order {OrderId} shipped", 7);
        _log.LogWarning("order {OrderId} late", 8);
        Find(LogLevel.Warning).ShouldHaveSingleItem().Text.ShouldContain("order 8 late");
        Find(LogLevel.Information, only: true).ShouldHaveSingleItem().Text.ShouldContain("order 7 shipped");
        Find(LogLevel.Trace, text: "ORDER 7").Count.ShouldBe(1);
        Find(LogLevel.Trace, text: "order 9").ShouldBeEmpty();
        _ring.Counts[(int)LogLevel.Warning].ShouldBe(1);
        JsonDocument.Parse(Find(LogLevel.Warning)[0].Json).RootElement.GetProperty("level").GetString().ShouldBe("WARNING");
    }

    [Fact]
    public void Records_take_no_more_memory_than_they_may_and_the_newest_stay()
    {
        for (var i = 0; i < 5000; i++)
            _log.LogInformation("number {N} {Filler}", i, new string('x', 100));
        _ring.Bytes.ShouldBeLessThanOrEqualTo(64 << 10);
        var all = Find(LogLevel.Trace, limit: 5000);
        all.Count.ShouldBeInRange(50, 1000);
        all[^1].Text.ShouldContain("number 4999");
        all[0].Number.ShouldBe(all[^1].Number - all.Count + 1);
    }

    [Fact]
    public async Task Who_follows_gets_what_matches_and_who_is_too_slow_is_told_how_much_was_missed()
    {
        using var follower = _ring.Follow(new LogFilter(LogLevel.Warning, false, null, null))!;
        _log.LogInformation("not asked for");
        _log.LogWarning("asked for");
        (await follower.Lines.ReadAsync()).Text.ShouldContain("asked for");
        for (var i = 0; i < LogRing.MaxWaiting + 10; i++)
            _log.LogWarning("many");
        follower.TakeMissed().ShouldBe(10);
        follower.TakeMissed().ShouldBe(0);
    }

    [Fact]
    public void Only_so_many_may_follow_and_a_place_becomes_free()
    {
        var filter = new LogFilter(LogLevel.Trace, false, null, null);
        var all = Enumerable.Range(0, LogRing.MaxFollowers).Select(_ => _ring.Follow(filter)).ToList();
        _ring.Follow(filter).ShouldBeNull();
        all[3]!.Dispose();
        _ring.Follow(filter).ShouldNotBeNull();
    }

    [Fact]
    public void Records_of_the_pages_own_requests_are_left_out()
    {
        _log.LogInformation("request {Path}", "/debug/api/logs");
        using (_log.BeginScope(new Dictionary<string, object> { ["RequestPath"] = "/debug" }))
            _log.LogInformation("inside");
        using (_log.BeginScope(new Dictionary<string, object> { ["RequestPath"] = "/debugger" }))
            _log.LogInformation("another page");
        Find(LogLevel.Trace).ShouldHaveSingleItem().Text.ShouldContain("another page");
    }

    [Fact]
    public void Errors_from_one_place_are_one_entry_with_the_newest_record()
    {
        for (var i = 0; i < 3; i++)
            _log.LogError(new InvalidOperationException("ledger " + i), "order {OrderId} failed", i);
        _log.LogError("something else");
        var groups = _errors.Read();
        groups.Count.ShouldBe(2);
        var group = groups.Single(g => g.ErrorType is not null);
        (group.Count, group.ErrorType).ShouldBe((3, typeof(InvalidOperationException).FullName));
        group.Newest.Text.ShouldContain("ledger 2");
    }

    [Fact]
    public void Errors_of_many_kinds_are_bounded()
    {
        for (var i = 0; i < 3 * ErrorGroups.Max; i++)
            _log.Log(LogLevel.Error, default, $"kind {i}", null, static (state, _) => state);
        _errors.Count.ShouldBe(ErrorGroups.Max);
    }

    [Fact]
    public void Sessions_and_users_named_by_records_are_listed_and_bounded()
    {
        using (_log.BeginScope(new Dictionary<string, object> { ["session.id"] = "s1", ["user.id"] = "ada" }))
            _log.LogInformation("one");
        var seen = _sessions.Active(DateTimeOffset.UtcNow).ShouldHaveSingleItem();
        (seen.SessionId, seen.UserId, seen.Records).ShouldBe(("s1", "ada", 1));
        _sessions.Active(DateTimeOffset.UtcNow + TimeSpan.FromHours(1)).ShouldBeEmpty();
        for (var i = 0; i < 2 * SessionTable.Max; i++)
            using (_log.BeginScope(new Dictionary<string, object> { ["session.id"] = $"s{i}" }))
                _log.LogInformation("many");
        _sessions.Active(DateTimeOffset.UtcNow).Count.ShouldBe(SessionTable.Max);
    }

    [Fact]
    public void A_trace_is_kept_redacted_with_its_root_and_what_failed_and_queries_count_for_all_around_them()
    {
        var operations = new OperationTable();
        var spans = new SpanRing(1 << 20, s_redactor, operations);
        using var source = new ActivitySource(Guid.NewGuid().ToString());
        using var listener = Listen(source, spans);
        string trace;
        using (var root = source.StartActivity("GET /orders", ActivityKind.Server)!)
        {
            trace = root.TraceId.ToHexString();
            for (var i = 0; i < 2; i++)
            {
                using var query = source.StartActivity("SELECT", ActivityKind.Client)!;
                query.SetTag("db.system.name", "postgresql");
                query.SetTag("password", "hunter22222");
                if (i == 1)
                    query.SetStatus(ActivityStatusCode.Error, "token=abcdefgh12345678");
            }
        }
        var all = spans.Trace(trace);
        all.Count.ShouldBe(3);
        all[0].ParentId.ShouldBeNull();
        all[1].ParentId.ShouldBe(all[0].SpanId);
        all.SelectMany(s => s.Attributes).ShouldNotContain(a => a.Value.Contains("hunter22222"));
        (all.Single(s => s.Failed).Problem ?? "").ShouldNotContain("abcdefgh12345678");
        var summary = spans.Traces(null, onlyFailed: true, 10).ShouldHaveSingleItem();
        (summary.Name, summary.Spans, summary.Failed, summary.IsWhole).ShouldBe(("GET /orders", 3, 1, true));
        operations.Read().Single(o => o.Kind == ActivityKind.Server).QueriesPerRun.ShouldBe(2);
    }

    [Fact]
    public void Spans_take_no_more_memory_than_they_may_and_the_pages_own_are_left_out()
    {
        var spans = new SpanRing(64 << 10, s_redactor, new OperationTable());
        using var source = new ActivitySource(Guid.NewGuid().ToString());
        using var listener = Listen(source, spans);
        using (var own = source.StartActivity("GET", ActivityKind.Server)!)
        {
            own.SetTag("url.path", "/debug/api/traces");
            source.StartActivity("inside")!.Dispose();
        }
        spans.Bytes.ShouldBe(0);
        for (var i = 0; i < 2000; i++)
            source.StartActivity("work")!.SetTag("text", new string('x', 3000)).Dispose();
        spans.Bytes.ShouldBeInRange(1, 64 << 10);
    }

    [Fact]
    public void Operations_are_summed_up_and_bounded()
    {
        var operations = new OperationTable();
        var spans = new SpanRing(1 << 20, s_redactor, operations);
        using var source = new ActivitySource(Guid.NewGuid().ToString());
        using var listener = Listen(source, spans);
        for (var i = 1; i <= 100; i++)
        {
            using var activity = source.StartActivity("work")!;
            activity.SetEndTime(activity.StartTimeUtc.AddMilliseconds(i));
            if (i % 10 == 0)
                activity.SetStatus(ActivityStatusCode.Error);
        }
        var work = operations.Read().ShouldHaveSingleItem();
        (work.Count, work.Failed, work.P50Ms, work.P95Ms, work.MaxMs).ShouldBe((100, 10, 51, 96, 100));
        for (var i = 0; i < 2 * OperationTable.Max; i++)
            source.StartActivity($"other {i}")!.Dispose();
        operations.Read().Count.ShouldBeLessThanOrEqualTo(OperationTable.Max + 1);
    }

    [Fact]
    public void The_text_of_metrics_is_taken_apart_again()
    {
        var families = MetricsText.Parse("""
            # HELP http_requests_total Requests, by route
            # TYPE http_requests_total counter
            http_requests_total{route="/a b",note="x{y} # z"} 5 1700000000
            http_requests_total 7 # {trace_id="abc"} 1 1700000000
            # TYPE up gauge
            up 1
            # EOF
            """u8);
        families.Select(f => (f.Name, f.Type, f.Help)).ShouldBe(
            [("http_requests_total", "counter", "Requests, by route"), ("up", "gauge", "")]);
        families[0].Series[1].ShouldBe(("http_requests_total", "", "7"));
        families[1].Series.ShouldHaveSingleItem().Value.ShouldBe("1");
    }

    private List<LogLine> Find(LogLevel least, bool only = false, string? text = null, int limit = 100) =>
        _ring.Find(new LogFilter(least, only, text, null), limit);

    private static ActivityListener Listen(ActivitySource source, SpanRing spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = s => s == source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Note,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
