using System.Text;
using Tocsin.Model;
using Tocsin.Model.Crashes;
using Tocsin.Model.Events;
using Tocsin.Testing;

namespace Tocsin.Crashes.Tests.Telemetry;

public sealed class CrashTapTests
{
    private const string Stack = "A.FeeException: no fee\n   at Bookings.Fees.Compute(Int32 id)\n   at Bookings.Desk.Book()\n";

    /// <summary>A batch with one row, its fields written as given.</summary>
    private static byte[] Batch(
        Dataset dataset, byte severity, string? scope, byte[]? traceId, DateTimeOffset time,
            params (string Name, object Value)[] fields)
    {
        using var writer = new EventBatchWriter(dataset);
        writer.BeginStream();
        Write(writer, ("service.name", "bookings"), ("host.name", "web-01"), ("service.instance.id", "run1"),
            ("service.version", "1.4.0"));
        if (scope is not null)
            Write(writer, ("@scope.name", scope));
        writer.EndStream();
        writer.BeginRow(Instant.From(time), Instant.From(time), severity, traceId ?? [], []);
        Write(writer, fields);
        writer.EndRow();
        return writer.Encoded.ToArray();
    }

    private static void Write(EventBatchWriter writer, params (string Name, object Value)[] fields)
    {
        foreach ((string name, object value) in fields)
        {
            writer.Name(Encoding.UTF8.GetBytes(name));
            Some.Value(writer, value);
        }
    }

    private static byte[] Log(byte severity, string body, string? scope = null, bool? escaped = null,
        byte[]? trace = null, int seconds = 0, string type = "A.FeeException")
    {
        List<(string, object)> fields = [("@body", body), ("exception.type", type), ("exception.message", "no fee"),
            ("exception.stacktrace", Stack), ("user.id", "ann")];
        if (escaped is { } e)
            fields.Add(("exception.escaped", e));
        return Batch(Dataset.Logs, severity, scope, trace, SomeCrash.Time.AddSeconds(seconds), [.. fields]);
    }

    private static byte[] Span(long kind, bool failed, bool? escaped, byte[]? trace = null)
    {
        var attributes = new Dictionary<string,
            object?> { ["exception.type"] = "A.FeeException", ["exception.message"] = "no fee",
            ["exception.stacktrace"] = Stack };
        if (escaped is { } e)
            attributes["exception.escaped"] = e;
        var happened = new Dictionary<string,
            object?> { ["name"] = "exception", ["time"] = Instant.From(SomeCrash.Time).UnixNanos,
            ["attributes"] = attributes };
        return Batch(Dataset.Spans, failed ? Severity.Error : Severity.Info, null, trace, SomeCrash.Time,
            ("@name", "POST /book"), ("@kind", kind), ("@status_code", failed ? 2L : 0L),
                ("@events", new object?[] { happened }));
    }

    private static async Task<IReadOnlyList<CrashGroup>> Taken(params byte[][] batches)
    {
        await using var desk = new CrashDesk();
        foreach (byte[] batch in batches)
            desk.Tap.OnStored(batch);
        await desk.Tap.Drain(CancellationToken.None);
        return desk.Groups;
    }

    [Fact]
    public async Task A_fatal_record_with_an_exception_is_a_crash_with_all_that_is_known()
    {
        await using var desk = new CrashDesk();
        desk.Tap.OnStored(Log(Severity.Fatal, "bye", trace: Some.TraceId(1)));
        await desk.Tap.Drain(CancellationToken.None);
        CrashGroup group = desk.Groups.ShouldHaveSingleItem();
        group.Title.ShouldBe("FeeException in Bookings.Fees.Compute (bookings)");
        CrashRecord record = desk.Detail(group.Id).Latest!;
        (record.Source, record.Class, record.Host, record.Release, record.UserId, record.Process.RunId)
            .ShouldBe(("otlp", CrashClass.Unhandled, "web-01", "1.4.0", "ann", "run1"));
        record.TraceId.ShouldBe(Convert.ToHexStringLower(Some.TraceId(1)));
        record.Evidence.ShouldHaveSingleItem().Source.ShouldBe("otlp");
    }

    [Theory]
    [InlineData(Severity.Error, "payment failed, retrying", null, null, false)]
    [InlineData(Severity.Error, "x", null, true, true)]
    [InlineData(Severity.Info, "x", null, true, false)]
    [InlineData(Severity.Error, "An unhandled exception has occurred while executing the request.",
        "Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", null, true)]
    [InlineData(Severity.Error,
        "Connection id \"0HN\", Request id \"1\": An unhandled exception was thrown by the application.",
        "Microsoft.AspNetCore.Server.Kestrel", null, true)]
    [InlineData(Severity.Error, "BackgroundService failed", "Microsoft.Extensions.Hosting.Internal.Host", null, true)]
    [InlineData(Severity.Error, "Internal Server Error: /book", "django.request", null, true)]
    [InlineData(Severity.Error, "uncaughtException: x", "app", null, true)]
    [InlineData(Severity.Warn, "uncaughtException: x", "app", null, false)]
    [InlineData(Severity.Error, "An unhandled exception has occurred", "Bookings.Desk", null, false)]
    public async Task Only_what_nobody_handled_counts(byte severity, string body, string? scope, bool? escaped,
        bool crash) =>
        (await Taken(Log(severity, body, scope, escaped))).Count.ShouldBe(crash ? 1 : 0);

    [Theory]
    [InlineData(2, true, null, true)]
    [InlineData(5, true, null, true)]
    [InlineData(2, true, false, false)]
    [InlineData(2, false, null, false)]
    [InlineData(3, true, null, false)]
    [InlineData(1, true, true, true)]
    public async Task Failed_entry_spans_count(long kind, bool failed, bool? escaped, bool crash) =>
        (await Taken(Span(kind, failed, escaped))).Count.ShouldBe(crash ? 1 : 0);

    [Fact]
    public async Task A_host_that_cancels_its_own_work_has_not_crashed_once_more() =>
        (await Taken(Log(Severity.Error, "BackgroundService failed", "Microsoft.Extensions.Hosting.Internal.Host",
            type: "System.Threading.Tasks.TaskCanceledException"))).ShouldBeEmpty();

    [Fact]
    public async Task The_same_exception_as_log_and_as_span_is_one()
    {
        byte[] trace = Some.TraceId(3);
        (await Taken(Log(Severity.Fatal, "x", trace: trace),
            Span(2, true, null, trace))).ShouldHaveSingleItem().Count.ShouldBe(1);
        (await Taken(Log(Severity.Fatal, "x", trace: trace),
            Log(Severity.Fatal, "x", trace: Some.TraceId(4)))).ShouldHaveSingleItem().Count.ShouldBe(2);
        (await Taken(Log(Severity.Fatal, "x"), Log(Severity.Fatal, "x"))).ShouldHaveSingleItem().Count.ShouldBe(1,
            "the same record sent twice");
        (await Taken(Log(Severity.Fatal, "x"),
            Log(Severity.Fatal, "x", seconds: 1))).ShouldHaveSingleItem().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_task_nobody_awaited_is_unobserved() =>
        (await Taken(Log(Severity.Error, "Task exception was never retrieved",
            "asyncio"))).ShouldHaveSingleItem().Class.ShouldBe(CrashClass.Unobserved);

    [Fact]
    public async Task A_flood_is_dropped_and_counted_and_never_blocks()
    {
        await using var desk = new CrashDesk();
        for (int i = 0; i < 1500; i++)
            desk.Tap.OnStored(Log(Severity.Fatal, "x", seconds: i));
        desk.Metrics.Total("tocsin_crash_sightings_dropped_total").ShouldBe(500);
    }

    [Fact]
    public async Task Odd_shapes_are_passed_over()
    {
        var odd = new Dictionary<string, object?> { ["name"] = 5L, ["attributes"] = "none" };
        (await Taken(
            Batch(Dataset.Spans, Severity.Error, null, null, SomeCrash.Time, ("@kind", "server"),
                ("@events", new object?[] { odd, "x", 1L })),
            Batch(Dataset.Spans, Severity.Error, null, null, SomeCrash.Time, ("@events", "none")),
            Batch(Dataset.Logs, Severity.Fatal, null, null, SomeCrash.Time, ("exception.type", 7L)),
            Batch(Dataset.Logs, Severity.Fatal, null, null, SomeCrash.Time,
                ("exception.type", "")))).Count.ShouldBeLessThanOrEqualTo(1);
    }
}
