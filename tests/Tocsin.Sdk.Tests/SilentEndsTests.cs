using TocsinSdk.BlackBox;
using TocsinSdk.Crashes;
using Tocsin.Model.Crashes;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests;

/// <summary>
/// Real processes that end without a word: in order, by force, or where nothing can be sent. What is left tells the
/// next start.
/// </summary>
public sealed class SilentEndsTests : IDisposable
{
    private const int Aborted = 134;

    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();

    public void Dispose()
    {
        _server.Dispose();
        _state.Dispose();
    }

    [Theory]
    [InlineData("clean", 0)]
    [InlineData("clean-disposed", 0)]
    [InlineData("exit", 3)]
    public void An_orderly_end_leaves_nothing_behind(string kind, int code)
    {
        using var child = Run(kind);
        child.ExitCode().ShouldBe(code);
        _server.Crashes.ShouldBeEmpty();
        // Telemetry is not the supervisor's: the next start sends what is left.
        _state.Files("*").ShouldAllBe(f => f.Contains("/.spool/", StringComparison.Ordinal));
        _server.Heartbeats[^1].Text.ShouldContain("\"state\":\"stopped\"");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(2)]
    [InlineData(1)]
    public void A_signal_to_stop_is_obeyed_and_is_no_crash(int signal)
    {
        using var child = Run("wait");
        child.Line("ready ");
        child.Signal(signal);
        child.ExitCode().ShouldBe(128 + signal);
        child.Output.ShouldContain("stop callback");
        _server.Heartbeats[^1].Text.ShouldContain("\"state\":\"stopped\"");
        _server.Crashes.ShouldBeEmpty();
        // Telemetry is not the supervisor's: the next start sends what is left.
        _state.Files("*").ShouldAllBe(f => f.Contains("/.spool/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kill-self", 137)]
    [InlineData("access-violation", Aborted)]
    [InlineData("native-abort", Aborted)]
    public void A_death_nobody_can_catch_is_told_by_the_next_start(string kind, int code)
    {
        using var child = Run(kind);
        child.ExitCode().ShouldBe(code);
        _server.Crashes.ShouldBeEmpty();
        using var next = Run("wait");
        _server.Await(s => s.Crashes.Count > 0).ShouldBeTrue();
        var crash = _server.Crashes.ShouldHaveSingleItem();
        crash.Class.ShouldBe(CrashClass.Abnormal);
        crash.Process.Pid.ShouldBe(child.Pid);
        crash.Process.RunId.ShouldBe(child.Line("ready "));
        crash.Logs.ShouldContain(l => l.Message == "about to " + kind);
        crash.Breadcrumbs.ShouldNotBeEmpty();
        crash.Evidence.ShouldContain(e => e.Source == "black_box");
    }

    [Theory]
    [InlineData("fail-fast", CrashClass.FailFast, "Environment.FailFast")]
    [InlineData("stack-overflow", CrashClass.StackOverflow, "System.StackOverflowException")]
    public void A_crash_report_of_the_runtime_names_the_cause(string kind, CrashClass expected, string type)
    {
        var dumps = ("DOTNET_DbgMiniDumpName", Path.Combine(_state.Path, "dump.%p"));
        using var child = Run(kind, ("DOTNET_DbgEnableMiniDump", "1"), ("DOTNET_EnableCrashReportOnly", "1"), dumps);
        child.ExitCode(seconds: 40).ShouldBe(Aborted);
        using var next = Run("wait", dumps);
        _server.Await(s => s.Crashes.Count > 0).ShouldBeTrue();
        var crash = _server.Crashes.ShouldHaveSingleItem();
        crash.Class.ShouldBe(expected);
        crash.Exception.ShouldNotBeNull().Type.ShouldBe(type);
        crash.Exception.Frames.ShouldContain(f =>
            f.Method.StartsWith("Crasher.Program.", StringComparison.Ordinal));
        crash.Threads.ShouldContain(t => t.Crashed);
    }

    [Fact]
    public void Without_a_disk_a_crash_is_delivered_all_the_same()
    {
        using var child = Child.Crasher("main", _server.Url, "/dev/null/nowhere");
        child.ExitCode().ShouldBe(Aborted);
        _server.Crashes.ShouldHaveSingleItem().Logs.ShouldNotBeEmpty();
        child.Output.ShouldContain("tocsin: no black box on disk");
    }

    [Fact]
    public void Without_a_server_the_record_waits_for_the_next_start()
    {
        using (var child = Child.Crasher("main", "http://127.0.0.1:9", _state.Path))
        {
            child.ExitCode().ShouldBe(Aborted);
            child.Output.ShouldContain("for the next start (connection refused)");
        }
        var kept = CrashJson.Read(File.ReadAllBytes(_state.Files("crash.json").ShouldHaveSingleItem()));
        kept.Exception.ShouldNotBeNull().Message.ShouldBe("from main");
        using var next = Run("wait");
        _server.Await(s => s.Crashes.Count > 0).ShouldBeTrue();
        _server.Crashes.ShouldHaveSingleItem().CrashId.ShouldBe(kept.CrashId);
        next.Line("ready ");
        next.Signal(15);
        next.ExitCode().ShouldBe(143);
        next.Output.ShouldContain("stop callback");
        // The history of crashes stays, for whoever asks the application.
        _state.Files("*").ShouldAllBe(f => f.EndsWith("history.jsonl", StringComparison.Ordinal));
    }

    [Fact]
    public void Under_a_supervisor_the_death_is_written_down_and_left_to_it()
    {
        using var run = new TempFolder();
        var runId = Guid.NewGuid().ToString("N");
        using var child = Run("main", ("TOCSIN_RUN_DIR", run.Path), ("TOCSIN_RUN_ID", runId));
        child.ExitCode().ShouldBe(Aborted);
        _server.Crashes.ShouldBeEmpty();
        // Telemetry is not the supervisor's: the next start sends what is left.
        _state.Files("*").ShouldAllBe(f => f.Contains("/.spool/", StringComparison.Ordinal));
        var crash = CrashJson.Read(File.ReadAllBytes(Path.Combine(run.Path, "crash.json")));
        crash.Process.RunId.ShouldBe(runId);
        var box = BlackBoxReader.ReadFile(Path.Combine(run.Path, "black-box.bin")).ShouldNotBeNull();
        box.RunId.ShouldBe(runId);
        box.CrashId.ShouldBe(crash.CrashId);
        box.CrashState.ShouldBe(CrashState.Written);
        // A child of the child inherits the variables, not the folder.
        using var second = Run("main", ("TOCSIN_RUN_DIR", run.Path), ("TOCSIN_RUN_ID", runId));
        second.ExitCode().ShouldBe(Aborted);
        _server.Crashes.ShouldHaveSingleItem().Process.RunId.ShouldNotBe(runId);
    }

    private Child Run(string kind, params (string, string?)[] environment) =>
        Child.Crasher(kind, _server.Url, _state.Path, environment);
}
