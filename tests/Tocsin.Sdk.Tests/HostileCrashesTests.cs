using Tocsin.Model.Crashes;
using TocsinSdk.Crashes;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests;

/// <summary>
/// Real processes that crash where something works against the crash handler: the exception, other handlers, other
/// threads, or the machine.
/// </summary>
public sealed class HostileCrashesTests : IDisposable
{
    private const int Aborted = 134, OwnExit = 9;

    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();

    public void Dispose()
    {
        _server.Dispose();
        _state.Dispose();
    }

    [Theory]
    [InlineData("message-throws", ExceptionMessages.Unreadable)]
    [InlineData("message-hangs", ExceptionMessages.Silent)]
    [InlineData("text-throws", "readable")]
    [InlineData("text-hangs", "readable")]
    public void An_exception_that_fights_back_is_reported_whole_and_ends_the_process(string kind, string message)
    {
        using var child = Run(kind);
        child.ExitCode(seconds: 40).ShouldBe(Aborted);
        var exception = TheCrash().Exception.ShouldNotBeNull();
        exception.Type.ShouldBe("Crasher.TreacherousException");
        exception.Message.ShouldBe(message);
        exception.Frames.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_cause_that_fights_back_spoils_its_own_message_only()
    {
        using var child = Run("inner-message-throws");
        child.ExitCode().ShouldBe(Aborted);
        var exception = TheCrash().Exception.ShouldNotBeNull();
        exception.Message.ShouldBe("outer");
        exception.Inner.ShouldHaveSingleItem().Message.ShouldBe(ExceptionMessages.Unreadable);
    }

    [Fact]
    public void A_forgotten_task_whose_message_hangs_does_not_stop_the_heartbeats()
    {
        using var child = Run("task-message-hangs");
        _server.Await(s => s.Crashes.Count > 0).ShouldBeTrue();
        _server.Crashes.ShouldHaveSingleItem().Exception.ShouldNotBeNull().Message.ShouldBe(ExceptionMessages.Silent);
        var beats = _server.Heartbeats.Count;
        _server.Await(s => s.Heartbeats.Count > beats).ShouldBeTrue();
    }

    [Theory]
    [InlineData("handler-exits-before", OwnExit)]
    [InlineData("handler-exits-after", OwnExit)]
    [InlineData("handler-throws-before", Aborted)]
    [InlineData("handler-throws-after", Aborted)]
    [InlineData("handler-crashes-before", Aborted)]
    [InlineData("handler-crashes-after", Aborted)]
    public void Handlers_of_the_application_run_and_cost_nothing(string kind, int code)
    {
        using var child = Run(kind);
        child.ExitCode().ShouldBe(code);
        child.Output.ShouldContain("own handler");
        var crash = TheCrash();
        crash.Exception.ShouldNotBeNull().Message.ShouldBe("with a handler");
        crash.Logs.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("handler-hangs-before")]
    [InlineData("handler-hangs-after")]
    public void A_handler_that_hangs_does_so_after_the_record_is_safe(string kind)
    {
        using var child = Run(kind);
        _server.Await(s => s.Crashes.Count > 0).ShouldBeTrue();
        TheCrash().Exception.ShouldNotBeNull().Message.ShouldBe("with a handler");
    }

    [Fact]
    public void A_handler_that_exits_leaves_an_undelivered_record_for_the_next_start()
    {
        using (var child = Child.Crasher("handler-exits-after", "http://127.0.0.1:9", _state.Path))
            child.ExitCode().ShouldBe(OwnExit);
        using var next = Run("wait");
        _server.Await(s => s.Crashes.Count > 0).ShouldBeTrue();
        TheCrash().Exception.ShouldNotBeNull().Message.ShouldBe("with a handler");
    }

    [Fact]
    public void A_process_without_a_free_file_handle_still_sends_its_record()
    {
        using var child = Child.CrasherAfter("ulimit -n 300", "no-handles", _server.Url, _state.Path);
        child.ExitCode().ShouldBe(Aborted);
        TheCrash().Exception.ShouldNotBeNull().Message.ShouldStartWith("Too many open files");
    }

    [Fact]
    public void A_process_that_forks_all_the_time_leaves_one_record()
    {
        using var child = Run("forks");
        child.ExitCode().ShouldBe(Aborted);
        TheCrash().Exception.ShouldNotBeNull().Message.ShouldBe("among forks");
    }

    [Fact]
    public void Closed_standard_streams_change_nothing()
    {
        using var child = Child.CrasherAfter("exec 0<&- 1>&- 2>&-", "main", _server.Url, _state.Path);
        child.ExitCode().ShouldBe(Aborted);
        TheCrash().Logs.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(8)]
    [InlineData(200)]
    [InlineData(600)]
    public void A_limit_on_the_size_of_files_costs_the_disk_and_not_the_record(int blocks)
    {
        // The runtime keeps its code in a file of memory, to which the limit applies too, unless it is told not to.
        using var child = Child.CrasherAfter($"ulimit -f {blocks}", "main", _server.Url, _state.Path,
            ("DOTNET_EnableWriteXorExecute", "0"));
        child.ExitCode().ShouldBe(Aborted);
        var crash = TheCrash();
        crash.Exception.ShouldNotBeNull().Message.ShouldBe("from main");
        crash.Logs.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_the_disk_and_not_the_record()
    {
        using var child = Child.Crasher("main", _server.Url, "/proc/self");
        child.ExitCode().ShouldBe(Aborted);
        TheCrash().Exception.ShouldNotBeNull().Message.ShouldBe("from main");
        child.Output.ShouldContain("tocsin: no black box on disk");
    }

    private CrashRecord TheCrash() => _server.Crashes.ShouldHaveSingleItem();

    private Child Run(string kind) => Child.Crasher(kind, _server.Url, _state.Path);
}
