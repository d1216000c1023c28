using Tocsin.Model.Crashes;
using TocsinSdk.Analysis;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Analysis;

/// <summary>Real processes that report what they caught to a receiving server.</summary>
public sealed class ErrorCaptureTests : IDisposable
{
    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();

    public void Dispose()
    {
        _server.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void An_exception_captured_three_times_is_one_record_with_its_context()
    {
        using var child = Run("captured");
        var id = child.Line("captured ");
        _server.Await(s => s.Crashes.Count > 0 && s.Heartbeats.Count > 1).ShouldBeTrue();
        var record = _server.Crashes.ShouldHaveSingleItem();
        record.CrashId.ShouldBe(id);
        record.Class.ShouldBe(CrashClass.Captured);
        var exception = record.Exception.ShouldNotBeNull();
        (exception.Type, exception.Message).ShouldBe(("System.TimeoutException", "caught"));
        exception.Frames[0].Method.ShouldBe("Crasher.Program.Thrown(Exception exception)");
        record.Attributes["order.id"].ShouldBe("7");
        record.Attributes.Keys.ShouldNotContain("nothing");
        record.UserId.ShouldBe("u-17");
        record.TraceId.ShouldBe(record.Activities.ShouldHaveSingleItem().TraceId);
        record.Breadcrumbs.ShouldContain(b => b.Message == "one crumb");
        record.Logs.ShouldContain(l => l.Message == "about to captured");
    }

    [Fact]
    public void A_flood_is_cut_off_and_counted()
    {
        using var child = Run("captured-flood");
        child.Line("captured 200");
        _server.Await(s => s.Heartbeats.Count > 1).ShouldBeTrue();
        _server.Crashes.Count.ShouldBeInRange(1, new AnalysisOptions().CapturesPerMinute);
    }

    [Fact]
    public void A_captured_exception_that_ends_the_process_keeps_its_id()
    {
        using var child = Run("captured-dies");
        var id = child.Line("captured ");
        child.ExitCode().ShouldBe(134);
        _server.Crashes.ShouldAllBe(c => c.CrashId == id && c.Exception!.Message == "captured, then fatal");
        _server.Crashes.ShouldContain(c => c.Class == CrashClass.Unhandled);
    }

    [Fact]
    public void Before_the_start_there_is_nobody_to_report_to()
    {
        Tocsin.CaptureException(new TimeoutException()).ShouldBeNull();
    }

    [Fact]
    public void Of_many_threads_one_claims_the_exception()
    {
        var exception = new AggregateException(new TimeoutException());
        var ids = new string[16];
        var won = 0;
        Parallel.For(0, ids.Length, i =>
        {
            ids[i] = "id-" + i;
            if (ReportedErrors.TryClaim(exception, ref ids[i]))
                Interlocked.Increment(ref won);
        });
        won.ShouldBe(1);
        ids.Distinct().ShouldHaveSingleItem().ShouldBe(ReportedErrors.IdOf(exception.InnerException));
        ReportedErrors.IdOf(new TimeoutException()).ShouldBeNull();
    }

    private Child Run(string kind) => Child.Crasher(kind, _server.Url, _state.Path);
}
