using System.Diagnostics;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Real programs that really die under a real supervisor.</summary>
public sealed class SupervisedDeathsTests : IDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly CrashListener _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _state.Dispose();
    }

    [Theory]
    [InlineData("throw", CrashClass.Unhandled, "System.InvalidOperationException")]
    [InlineData("thread", CrashClass.Unhandled, "System.TimeoutException")]
    [InlineData("failfast", CrashClass.FailFast, "FailFast")]
    [InlineData("av", CrashClass.AccessViolation, "System.AccessViolationException")]
    [InlineData("overflow", CrashClass.StackOverflow, "System.StackOverflowException")]
    [InlineData("abort", CrashClass.NativeAbort, null)]
    public void Deaths_of_a_dotnet_program(string death, CrashClass kind, string? type)
    {
        using var cli = TocsinProcess.Start("dotnet", [TocsinProcess.Program, "run", "--state-dir", _state.Path,
            "--url", _server.Url, "--service", "ledger", "--key", "k1",
            "--environment", "test", "--release", "1.2.3", "--", .. DyingProgram.Command],
            variables: (DyingProgram.Variable, death));
        cli.Wait().ShouldBe(134);
        var record = _server.Next();
        (record.Class, record.Exception?.Type, record.Service, record.Source).ShouldBe((kind, type, "ledger",
            "supervisor"));
        (record.Environment, record.Release, record.Process.Signal, record.Process.ExitCode).ShouldBe(("test", "1.2.3",
            "SIGABRT", 134));
        record.Evidence.Select(e => e.Source).ShouldContain("crash_report");
        record.Threads.Count(t => t.Crashed).ShouldBe(1);
        record.Resources.PeakWorkingSetBytes!.Value.ShouldBeGreaterThan(10_000_000);
        _server.LastAuthorization.ShouldBe("Bearer k1");
        cli.Errors.ShouldContain("tocsin: ledger: ");
        NothingIsLeft();
    }

    [Fact]
    public void A_python_traceback_a_shell_exit_and_a_kill()
    {
        Death("python3", "-c", "raise ValueError('no such order')").ShouldBe((CrashClass.Unhandled, "ValueError", 1,
            null));
        Death("sh", "-c", "echo bad config >&2; exit 5").ShouldBe((CrashClass.ExitNonzero, null, 5, null));
        Death("sh", "-c", "kill -9 $$").ShouldBe((CrashClass.Killed, null, 137, "SIGKILL"));
        Death("sh", "-c", "kill -TERM $$").ShouldBe((CrashClass.Terminated, null, 143, "SIGTERM"));
        Death("sh", "-c", "kill -SEGV $$").ShouldBe((CrashClass.NativeAbort, null, 139, "SIGSEGV"));
        Death("sh", "-c", "sh -c 'kill -9 $$'; exit $?").ShouldBe((CrashClass.Killed, null, 137, null));
    }

    [Fact]
    public void A_node_error()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/node"), "node is not installed");
        Death("node", "-e", "function f() { throw new TypeError('x is not y'); } f()").ShouldBe((CrashClass.Unhandled,
            "TypeError", 1, null));
    }

    [Fact]
    public void A_native_program_that_aborts_and_one_that_faults()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "gcc is not installed");
        var source = _state.Write("c.c",
            "#include <stdlib.h>\nint main(int n, char **v) { if (n == 1) abort(); free((void *)(v[0] + 1)); return 0; }\n");
        var program = _state.At("native");
        Process.Start("gcc", ["-w", "-o", program, source]).WaitForExit(30_000).ShouldBeTrue();
        Death(program).ShouldBe((CrashClass.NativeAbort, null, 134, "SIGABRT"));
        Death(program, "free").ShouldBe((CrashClass.NativeAbort, "abort", 134, "SIGABRT"));
    }

    [Fact]
    public void The_kernels_out_of_memory_killer_is_told_from_other_kills()
    {
        using var group = MemoryGroup.TryCreate(256 * 1024 * 1024);
        Assert.SkipWhen(group is null, "no memory control group can be made here");
        const string hog = "x = bytearray(600_000_000)";
        using var cli = TocsinProcess.Start("sh", ["-c", $"echo $$ > {group!.Path}/cgroup.procs; exec \"$@\"", "sh",
            "dotnet", TocsinProcess.Program,
            "run", "--state-dir", _state.Path, "--url", _server.Url, "--", "python3", "-c", hog]);
        cli.Wait().ShouldBe(137);
        var record = _server.Next();
        (record.Class, record.Process.Signal, record.Resources.OomKills).ShouldBe((CrashClass.OomKilled, "SIGKILL", 1));
        record.Resources.MemoryLimitBytes.ShouldBe(256 * 1024 * 1024);
    }

    [Fact]
    public void The_record_arrives_at_once()
    {
        using var cli = TocsinProcess.Run(_state, _server.Url, "--", "sh", "-c", "echo $$; exec sleep 1000");
        cli.Expect("\n");
        Thread.Sleep(1500); // the supervisor warms up in the background
        var pid = int.Parse(cli.Seen);
        var killed = Stopwatch.GetTimestamp();
        TocsinProcess.SendSignal(pid, 9);
        var (record, at) = _server.NextWithTime();
        record.Class.ShouldBe(CrashClass.Killed);
        var elapsed = Stopwatch.GetElapsedTime(killed, at);
        TestContext.Current.SendDiagnosticMessage($"death to accepted: {elapsed.TotalMilliseconds:0.0} ms");
        elapsed.ShouldBeLessThan(TimeSpan.FromMilliseconds(500), "the aim is 200 ms on an idle machine");
        cli.Wait().ShouldBe(137);
    }

    [Fact]
    public void A_hung_program_is_reported_once_while_it_lives()
    {
        using var cli = TocsinProcess.Start("dotnet", [TocsinProcess.Program, "run", "--state-dir", _state.Path,
            "--url", _server.Url, "--hang-timeout", "1s",
            "--", .. DyingProgram.Command], variables: (DyingProgram.Variable, "hang"));
        cli.Expect("hanging");
        var hung = _server.Next();
        hung.Class.ShouldBe(CrashClass.Hung);
        hung.Evidence[0].Detail.ShouldContain("The thread pool has not answered");
        cli.Process.HasExited.ShouldBeFalse();
        Thread.Sleep(2500);
        _server.Count.ShouldBe(0);
        TocsinProcess.SendSignal(hung.Process.Pid!.Value, 9);
        cli.Wait().ShouldBe(137);
        var killed = _server.Next();
        (killed.Class, killed.Process.RunId).ShouldBe((CrashClass.Killed, hung.Process.RunId));
        killed.CrashId.ShouldNotBe(hung.CrashId);
    }

    private (CrashClass Class, string? Type, int? Code, string? Signal) Death(params string[] command)
    {
        using var cli = TocsinProcess.Run(_state, _server.Url, ["--", .. command]);
        var code = cli.Wait();
        var record = _server.Next();
        record.Process.ExitCode.ShouldBe(code);
        return (record.Class, record.Exception?.Type, record.Process.ExitCode, record.Process.Signal);
    }

    private void NothingIsLeft()
    {
        Directory.GetFiles(_state.At("spool")).ShouldBeEmpty();
        Directory.GetDirectories(_state.At("supervised"), "*",
            SearchOption.AllDirectories).Count(d => Path.GetFileName(d).Length == 32).ShouldBe(0);
    }
}
