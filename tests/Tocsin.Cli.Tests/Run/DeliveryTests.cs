using System.Diagnostics;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Servers that are away, folders that do not work, restarts, and supervisors that die themselves.</summary>
public sealed class DeliveryTests : IDisposable
{
    private readonly TemporaryFolder _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void A_record_waits_for_the_server_and_comes_with_the_next_start()
    {
        var port = CrashListener.FreePort();
        Run($"http://127.0.0.1:{port}", "--service", "orders", "--", "sh", "-c",
            "exit 9").Errors.ShouldContain("kept in the spool");
        var file = Directory.GetFiles(_state.At("spool")).ShouldHaveSingleItem();
        var id = CrashJson.Read(File.ReadAllBytes(file)).CrashId;
        File.WriteAllText(_state.At("spool", "CRASH-0.Killed.x.json"), "{ torn");

        using var server = new CrashListener(port);
        using (var next = TocsinProcess.Run(_state, server.Url, "--", "sleep", "30"))
        {
            var record = server.Next();
            (record.CrashId, record.Process.ExitCode, record.Service).ShouldBe((id, 9, "orders"));
            next.Signal(15);
            next.Wait().ShouldBe(143);
        }

        Directory.GetFiles(_state.At("spool")).ShouldHaveSingleItem().ShouldEndWith("CRASH-0.Killed.x.json.bad");
    }

    [Fact]
    public void A_record_is_retried_while_the_supervisor_lives_on()
    {
        var port = CrashListener.FreePort();
        using var cli = TocsinProcess.Run(_state, $"http://127.0.0.1:{port}", "--restart", "on-failure",
            "--max-restarts", "1", "--",
            "sh", "-c", $"test -f {_state.At("again")} && exec sleep 60; touch {_state.At("again")}; exit 9");
        while (!File.Exists(_state.At("again")))
        {
            Thread.Sleep(10);
        }

        using var server = new CrashListener(port);
        server.Next().Process.ExitCode.ShouldBe(9);
        cli.Signal(15);
        cli.Wait().ShouldBe(143);
    }

    [Fact]
    public void A_server_slow_with_its_first_answer_still_gets_the_record_at_once()
    {
        using var server = new CrashListener { FirstAnswer = TimeSpan.FromSeconds(5) };
        Run(server.Url, "--", "sh", "-c", "exit 9").Errors.ShouldContain(" reported");
        server.Next().Process.ExitCode.ShouldBe(9);
        Directory.GetFiles(_state.At("spool")).ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_waits_for_a_server_that_is_not_there()
    {
        var waited = Stopwatch.StartNew();
        Run($"http://127.0.0.1:{CrashListener.FreePort()}", "--", "sh", "-c", "exit 9").Code.ShouldBe(9);
        waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8), "the limit for an answer is for one who can give it");
    }

    [Fact]
    public void The_spool_can_be_flushed_by_hand()
    {
        using var server = new CrashListener { Status = 503 };
        Run(server.Url, "--", "sh", "-c", "exit 9").Errors.ShouldContain("kept in the spool (HTTP 503)");
        Run(server.Url, "--flush-spool").ShouldBe((3, "tocsin: 0 crash records delivered, 1 still wait: HTTP 503\n"));
        server.Status = 200;
        Run(server.Url, "--flush-spool").Code.ShouldBe(0);
        server.Next().Class.ShouldBe(CrashClass.ExitNonzero);
        Directory.GetFiles(_state.At("spool")).ShouldBeEmpty();
    }

    [Fact]
    public void A_refused_record_is_set_aside()
    {
        using var server = new CrashListener { Status = 400 };
        Run(server.Url, "--", "sh", "-c", "exit 9").Errors.ShouldContain("refused by the server (HTTP 400)");
        Directory.GetFiles(_state.At("spool")).ShouldHaveSingleItem().ShouldEndWith(".json.bad");
    }

    [Fact]
    public void Without_a_usable_state_folder_the_program_runs_and_is_reported_all_the_same()
    {
        using var server = new CrashListener();
        var file = _state.Write("file", "");
        using var cli = TocsinProcess.Start("dotnet", [TocsinProcess.Program, "run", "--state-dir", file + "/below",
            "--url", server.Url, "--",
            "sh", "-c", "echo out; exit 6"]);
        cli.Wait().ShouldBe(6);
        cli.Output.ShouldBe("out\n");
        cli.Errors.Split('\n').Count(l => l.StartsWith("tocsin: the state folder cannot be used",
            StringComparison.Ordinal)).ShouldBe(1);
        server.Next().Process.ExitCode.ShouldBe(6);
    }

    [Fact]
    public void Two_runs_of_one_service_do_not_mix()
    {
        using var server = new CrashListener();
        using var one = TocsinProcess.Run(_state, server.Url, "--service", "orders", "--", "sh", "-c",
            "echo one >&2; echo ready; sleep 1; exit 11");
        using var two = TocsinProcess.Run(_state, server.Url, "--service", "orders", "--", "sh", "-c",
            "echo two >&2; echo ready; sleep 1; exit 12");
        (one.Wait(), two.Wait()).ShouldBe((11, 12));
        var records = new[] { server.Next(), server.Next() }.OrderBy(r => r.Process.ExitCode).ToList();
        records.Select(r => (r.Process.ExitCode, r.StderrTail)).ShouldBe([(11, "one\n"), (12, "two\n")]);
        records[0].Process.RunId.ShouldNotBe(records[1].Process.RunId);
        records[0].CrashId.ShouldNotBe(records[1].CrashId);
    }

    [Fact]
    public void Restarts_have_runs_of_their_own_and_a_loop_is_recognised()
    {
        using var server = new CrashListener();
        for (var i = 0; i < 2; i++)
        {
            Run(server.Url, "--service", "orders", "--", "sh", "-c", "exit 1");
        }

        using var cli = TocsinProcess.Run(_state, server.Url, "--service", "orders", "--restart", "always",
            "--max-restarts", "2", "--", "sh", "-c", "exit 1");
        cli.Wait().ShouldBe(1);
        var records = Enumerable.Range(0, 5).Select(_ => server.Next()).ToList();
        records.Select(r => r.Process.RestartCount).ShouldBe([0, 0, 0, 1, 2]);
        records.Select(r => r.CrashLoop).ShouldBe([false, false, false, false, true]);
        records.Select(r => r.Process.RunId).Distinct().Count().ShouldBe(5);
        server.Count.ShouldBe(0);
    }

    [Fact]
    public void A_stop_ends_the_wait_for_a_restart()
    {
        using var server = new CrashListener();
        using var cli = TocsinProcess.Run(_state, server.Url, "--restart", "on-failure", "--", "sh", "-c",
            "echo x; exit 1");
        for (var deaths = 0; deaths < 3; deaths++)
        {
            server.Next();
        }

        cli.Signal(15); // within the wait of four seconds
        cli.Wait().ShouldBe(143);
        server.Count.ShouldBe(0);
    }

    [Fact]
    public void A_run_whose_supervisor_was_killed_is_reported_by_the_next_one()
    {
        using var server = new CrashListener();
        using var first = TocsinProcess.Run(_state, server.Url, "--service", "orders", "--", "sh", "-c",
            "echo $$; exec sleep 1000");
        first.Expect("\n");
        var pid = int.Parse(first.Seen);
        while (!Directory.GetFiles(_state.At("supervised"), "run.json",
            SearchOption.AllDirectories).Any(f => File.ReadAllText(f).Contains($"{pid}")))
        {
            Thread.Sleep(5); // the supervisor writes the pid down right after the start
        }

        first.Signal(9);
        first.Process.WaitForExit();

        Run(server.Url, "--service", "orders", "--", "true").Errors.ShouldBe(
            $"tocsin: an earlier run of orders (process {pid}) lives on without its supervisor\n");
        TocsinProcess.SendSignal(pid, 9);
        Run(server.Url, "--service", "orders", "--", "true");
        var record = server.Next();
        (record.Class, record.Process.Pid, record.Service).ShouldBe((CrashClass.Abnormal, pid, "orders"));
        record.Evidence[0].Detail.ShouldContain("the supervisor had ended before the program");
        server.Count.ShouldBe(0);
    }

    [Fact]
    public void Keep_leaves_the_folder_with_its_report()
    {
        using var server = new CrashListener();
        using var cli = TocsinProcess.Start("dotnet", [TocsinProcess.Program, "run", "--state-dir", _state.Path,
            "--url", server.Url, "--keep", "--service", "kept",
            "--", .. DyingProgram.Command], variables: (DyingProgram.Variable, "throw"));
        cli.Wait().ShouldBe(134);
        Directory.GetFiles(_state.At("supervised", "kept"), "*.crashreport.json",
            SearchOption.AllDirectories).ShouldHaveSingleItem();
    }

    private (int Code, string Errors) Run(string url, params string[] arguments)
    {
        using var cli = TocsinProcess.Run(_state, url, arguments);
        var code = cli.Wait();
        return (code, cli.Errors);
    }
}
