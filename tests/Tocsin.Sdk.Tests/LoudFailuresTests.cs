using TocsinSdk.BlackBox;
using TocsinSdk.Crashes;
using Tocsin.Model.Crashes;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests;

/// <summary>
/// Real processes that fail in front of a receiving server, with nobody watching but the library itself.
/// </summary>
public sealed class LoudFailuresTests : IDisposable
{
    private const int Aborted = 134;

    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();

    public void Dispose()
    {
        _server.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void A_throw_on_main_is_delivered_before_the_process_ends()
    {
        using var child = Run("main", ("TOCSIN_KEY", "k-1"));
        child.ExitCode().ShouldBe(Aborted);
        var crash = _server.Crashes.ShouldHaveSingleItem();
        crash.Class.ShouldBe(CrashClass.Unhandled);
        crash.CrashId.ShouldMatch("^CRASH-[0-9]{14}-[0-9a-f]{12}$");
        crash.Service.ShouldBe("Tocsin.Sdk.Crasher");
        crash.Environment.ShouldBe("test");
        crash.Release.ShouldNotBeNull().ShouldStartWith("0.1.0");
        crash.Process.Pid.ShouldBe(child.Pid);
        crash.Process.RunId.ShouldBe(child.Line("ready "));
        crash.Process.Runtime.ShouldNotBeNull().ShouldStartWith(".NET 10");
        var exception = crash.Exception.ShouldNotBeNull();
        exception.Type.ShouldBe("System.InvalidOperationException");
        exception.Message.ShouldBe("from main");
        exception.Frames[0].Method.ShouldBe("Crasher.Program.Throw(String message)");
        exception.Frames[0].File.ShouldNotBeNull().ShouldEndWith("Program.cs");
        exception.Frames[0].Line.ShouldNotBeNull().ShouldBeGreaterThan(0);
        crash.Logs.ShouldContain(l => l.Level == "info" && l.Logger == "Crasher" && l.Message == "about to main");
        crash.Breadcrumbs.ShouldContain(b => b.Category == "test" && b.Message == "one crumb");
        crash.Resources.WorkingSetBytes.ShouldNotBeNull().ShouldBeGreaterThan(1 << 20);
        crash.Evidence.ShouldHaveSingleItem().Source.ShouldBe("crash_file");
        _server.At("/api/tocsin/v1/crashes")[0].Head.ShouldContain("Authorization: Bearer k-1\r\n");
        child.Output.ShouldContain($"tocsin: crash {crash.CrashId} delivered to {_server.Url}");
    }

    [Theory]
    [InlineData("thread", "from a thread")]
    [InlineData("async-disposed", "after an await")]
    [InlineData("starved", "with a starved pool")]
    public void An_exception_is_delivered_wherever_it_was_thrown(string kind, string message)
    {
        using var child = Run(kind);
        child.ExitCode().ShouldBe(Aborted);
        _server.Crashes.ShouldHaveSingleItem().Exception.ShouldNotBeNull().Message.ShouldBe(message);
    }

    [Fact]
    public void Causes_hang_below_the_exception_they_caused()
    {
        using var child = Run("nested");
        child.ExitCode().ShouldBe(Aborted);
        var aggregate = _server.Crashes.ShouldHaveSingleItem().Exception.ShouldNotBeNull().Inner.ShouldHaveSingleItem();
        aggregate.Type.ShouldBe("System.AggregateException");
        aggregate.Inner.Select(e => e.Message).ShouldBe(["first", "second"]);
        aggregate.Inner.ShouldAllBe(e => e.Frames.Count == 1);
    }

    [Fact]
    public void The_user_and_the_operation_under_way_are_named()
    {
        using var child = Run("user");
        child.ExitCode().ShouldBe(Aborted);
        var crash = _server.Crashes.ShouldHaveSingleItem();
        crash.UserId.ShouldBe("u-17");
        crash.RequestId.ShouldBe("req-4");
        var activity = crash.Activities.ShouldHaveSingleItem();
        activity.Name.ShouldBe("checkout");
        crash.TraceId.ShouldBe(activity.TraceId);
        crash.SpanId.ShouldBe(activity.SpanId);
    }

    [Fact]
    public void Eight_threads_dying_at_once_make_one_record()
    {
        using var child = Run("race");
        child.ExitCode().ShouldBe(Aborted);
        _server.Crashes.ShouldHaveSingleItem().Exception.ShouldNotBeNull().Message.ShouldStartWith("racer ");
    }

    [Fact]
    public void A_heap_without_a_byte_left_still_makes_a_record()
    {
        using var child = Run("out-of-memory", ("DOTNET_GCHeapHardLimit", "0x8000000"));
        child.ExitCode().ShouldBe(Aborted);
        // The runtime itself may fail before it can raise the event; the next start knows all the same.
        using var next = Run("wait");
        _server.Await(s => s.Crashes.Count > 0).ShouldBeTrue();
        var crash = _server.Crashes.ShouldHaveSingleItem();
        crash.Class.ShouldBe(CrashClass.OutOfMemory);
        crash.Process.Pid.ShouldBe(child.Pid);
    }

    [Fact]
    public void Forgotten_tasks_are_reported_a_few_at_a_time_and_the_process_lives()
    {
        using var child = Run("task");
        child.Line("alive");
        _server.Await(s => s.Crashes.Count >= UnobservedTasks.PerMinute).ShouldBeTrue();
        _server.Crashes.Count.ShouldBe(UnobservedTasks.PerMinute);
        _server.Crashes.ShouldAllBe(c => c.Class == CrashClass.Unobserved
            && c.Exception!.Message.StartsWith("nobody looked"));
    }

    [Fact]
    public void A_pool_that_does_not_answer_is_reported_once()
    {
        using var child = Run("hang", ("TOCSIN_HANG_TIMEOUT", "00:00:01"));
        _server.Await(s => s.Crashes.Count > 0).ShouldBeTrue();
        var crash = _server.Crashes.ShouldHaveSingleItem();
        crash.Class.ShouldBe(CrashClass.Hung);
        crash.Resources.ThreadPoolQueue.ShouldNotBeNull().ShouldBeGreaterThan(300);
        // Reported from a thread of its own, heartbeats too.
        _server.Await(s => s.Heartbeats.Count >= 2).ShouldBeTrue();
        _server.Crashes.Count.ShouldBe(1);
    }

    private Child Run(string kind, params (string, string?)[] environment) =>
        Child.Crasher(kind, _server.Url, _state.Path, environment);
}
