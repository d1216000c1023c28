using System.Diagnostics;

namespace Tocsin.Cli.Tests.Run;

/// <summary>A program must not notice its supervisor: streams, exit codes, signals, arguments, environment.</summary>
public sealed class TransparencyTests : IDisposable
{
    private const string Away = "http://127.0.0.1:9";
    private readonly TemporaryFolder _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Standard_streams_pass_byte_for_byte()
    {
        var bytes = new byte[1_500_000];
        new Random(1).NextBytes(bytes);
        using var cli = TocsinProcess.Start("dotnet",
            [TocsinProcess.Program, "run", "--state-dir", _state.Path, "--url", Away, "--", "sh", "-c",
                "tee /dev/stderr"], keepInput: true);
        cli.Process.StandardInput.BaseStream.Write(bytes);
        cli.Process.StandardInput.Close();
        cli.Wait().ShouldBe(0);
        cli.OutputBytes.ShouldBe(bytes);
        cli.ErrorBytes.ShouldBe(bytes);
    }

    [Fact]
    public void Standard_error_comes_at_once_and_a_terminal_stays_a_terminal()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script is not installed");
        using var cli = TocsinProcess.Start("script", ["-qec",
            $"dotnet {TocsinProcess.Program} run --state-dir {_state.Path} --url {Away} -- sh -c 'test -t 0 && test -t 1 && echo terminal; exit 4'", "/dev/null"]);
        cli.Wait().ShouldBe(4);
        cli.Output.ShouldContain("terminal");
    }

    [Fact]
    public void Ctrl_c_reaches_the_program_once_and_is_no_crash()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script is not installed");
        using var server = new CrashListener();
        var body = _state.Write("count.sh",
            "n=0\ntrap 'n=$((n+1))' INT\necho ready\ni=0\nwhile [ $i -lt 12 ]; do i=$((i+1)); sleep 0.1; done\necho count=$n\nexit 7\n");
        // exec: a shell between the terminal and the supervisor would die of the interrupt itself (dash does).
        using var cli = TocsinProcess.Start("script", ["-qec",
            $"exec dotnet {TocsinProcess.Program} run --state-dir {_state.Path} --url {server.Url} -- sh {body}",
                "/dev/null"], keepInput: true);
        cli.Expect("ready");
        cli.Process.StandardInput.Write("\x03");
        cli.Process.StandardInput.Flush();
        cli.Expect("count=");
        cli.Wait().ShouldBe(7);
        cli.Output.ShouldContain("count=1");
        server.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(0, "exit 0")]
    [InlineData(1, "exit 1")]
    [InlineData(255, "exit 255")]
    [InlineData(137, "kill -9 $$")]
    [InlineData(139, "kill -SEGV $$")]
    [InlineData(130, "kill -INT $$")]
    public void The_exit_code_is_the_programs(int code, string script) => Run("sh", "-c", script).Code.ShouldBe(code);

    [Fact]
    public void What_cannot_be_started_says_why_and_gives_the_shells_codes()
    {
        Run("/nonexistent/program").ShouldBe((127, "tocsin: /nonexistent/program: command not found\n"));
        Run("no-such-command").ShouldBe((127, "tocsin: no-such-command: command not found\n"));
        var plain = _state.Write("plain.txt", "not a program");
        Run(plain).ShouldBe((126, $"tocsin: {plain}: Permission denied\n"));
        Directory.GetFiles(_state.At("spool")).ShouldBeEmpty();
    }

    [Fact]
    public void Arguments_and_environment_arrive_as_given()
    {
        using var cli = TocsinProcess.Start("dotnet", [TocsinProcess.Program, "run", "--state-dir", _state.Path,
            "--url", Away, "--service", "orders", "--",
            "sh", "-c",
            "printf '%s|' \"$@\" $PLAIN $OTEL_SERVICE_NAME $TOCSIN_URL $DOTNET_DbgMiniDumpName; test -d $TOCSIN_RUN_DIR && stat -c %a $TOCSIN_RUN_DIR",
            "name", "--", "-x", "@file", "", "a b", "--service", "[env]", "é"], variables: ("PLAIN", "yes"));
        cli.Wait().ShouldBe(0);
        cli.Output.ShouldStartWith($"--|-x|@file||a b|--service|[env]|é|yes|orders|{Away}|{_state.Path}/supervised/orders/");
        cli.Output.ShouldEndWith("/dump.%p|700\n");
    }

    [Fact]
    public void A_stop_is_no_crash_however_the_program_takes_it()
    {
        using var server = new CrashListener();
        string[][] programs =
        [
            ["sh", "-c", "echo ready; exec sleep 1000"],
            ["sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.02; done"],
            ["sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.02; done"],
            ["python3", "-c", "import time; print('ready', flush=True); time.sleep(1000)"],
        ];
        int[] codes = [143, 0, 3, 143];
        Parallel.For(0, 20, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var cli = TocsinProcess.Run(_state, server.Url, ["--service", $"s{i}", "--", .. programs[i % 4]]);
            cli.Expect("ready");
            cli.Signal(15);
            cli.Wait().ShouldBe(codes[i % 4]);
            cli.Errors.ShouldBe("");
        });
        server.Count.ShouldBe(0);
        Directory.GetFiles(_state.At("spool")).ShouldBeEmpty();
    }

    [Fact]
    public void User_signals_and_hang_ups_are_handed_on()
    {
        using var server = new CrashListener();
        using var cli = TocsinProcess.Run(_state, server.Url, "--", "sh", "-c",
            "trap 'echo usr1' USR1; trap 'echo usr2' USR2; trap 'echo hup' HUP; trap 'echo int; exit 0' INT; echo ready; while :; do sleep 0.02; done");
        cli.Expect("ready");
        foreach (var (signal, answer) in new[] { (10, "usr1"), (12, "usr2"), (1, "hup"), (2, "int") })
        {
            cli.Signal(signal);
            cli.Expect(answer);
        }

        cli.Wait().ShouldBe(0);
        server.Count.ShouldBe(0);
    }

    [Fact]
    public void A_program_that_ignores_the_stop_is_killed_after_the_timeout_which_is_no_crash()
    {
        using var server = new CrashListener();
        using var cli = TocsinProcess.Run(_state, server.Url, "--stop-timeout", "300ms", "--", "sh", "-c",
            "trap '' TERM; echo ready; while :; do sleep 0.1; done");
        cli.Expect("ready");
        cli.Signal(15);
        cli.Wait().ShouldBe(137);
        cli.Errors.ShouldBe("tocsin: still running 0.3 s after SIGTERM; sent SIGKILL\n");
        server.Count.ShouldBe(0);
    }

    [Fact]
    public void A_process_that_outlives_the_program_does_not_hold_the_supervisor_up()
    {
        var waited = Stopwatch.StartNew();
        Run("sh", "-c", "sleep 30 & echo bye >&2; exit 0").ShouldBe((0, "bye\n"));
        waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("a command is expected")]
    [InlineData("is no duration", "--hang-timeout", "soon", "--", "true")]
    [InlineData("is no address", "--url", "server", "--", "true")]
    [InlineData("on-failure", "--restart", "sometimes", "--", "true")]
    public void Wrong_options_are_told_before_anything_runs(string words, params string[] arguments)
    {
        using var cli = TocsinProcess.Start("dotnet", [TocsinProcess.Program, "run", .. arguments]);
        cli.Wait().ShouldBeOneOf(1, 2);
        cli.Errors.ShouldContain(words, Case.Insensitive);
    }

    private (int Code, string Errors) Run(params string[] command)
    {
        using var cli = TocsinProcess.Run(_state, Away, ["--", .. command]);
        var code = cli.Wait();
        return (code, cli.Errors);
    }
}
