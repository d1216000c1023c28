using System.Text;
using Tocsin.Cli.Run;
using Tocsin.Cli.Run.Children;

namespace Tocsin.Cli.Tests.Run;

/// <summary>The small parts around a child: status words, environment, the tail of a stream, names and
/// durations.</summary>
public sealed class ChildrenTests
{
    [Theory]
    [InlineData(0x0000, 0, null, 0)]
    [InlineData(0x0300, 3, null, 3)]
    [InlineData(0xff00, 255, null, 255)]
    [InlineData(0x0009, null, 9, 137)]
    [InlineData(0x008b, null, 11, 139)]
    public void A_wait_status_is_a_code_or_a_signal(int status, int? code, int? signal, int shell)
    {
        var exit = ExitStatus.FromWaitStatus(status);
        (exit.Code, exit.Signal, exit.ShellCode).ShouldBe((code, signal, shell));
    }

    [Fact]
    public void Only_plausible_codes_count_as_relayed_signals()
    {
        new ExitStatus(139, null).EffectiveSignal.ShouldBe(Signals.Segmentation);
        new ExitStatus(255, null).EffectiveSignal.ShouldBeNull();
        new ExitStatus(129 + 63, null).EffectiveSignal.ShouldBeNull();
        new ExitStatus(1, null).EffectiveSignal.ShouldBeNull();
    }

    [Fact]
    public void The_environment_keeps_bytes_that_are_no_text_and_replaces_by_name()
    {
        var environment = ChildEnvironment.Parse([.. "A=1\0B="u8, 0xff, 0xfe, 0, .. "AB=2\0"u8]);
        environment.Set("A", "x=y");
        environment.Set("C", "3");
        environment.Entries.Select(e => Convert.ToHexString(e))
            .ShouldBe([Hex("A=x=y"), "423DFFFE", Hex("AB=2"), Hex("C=3")]);
        environment.Has("AB").ShouldBeTrue();
        environment.Has("D").ShouldBeFalse();
    }

    [Fact]
    public void The_tail_is_what_a_plain_list_would_keep()
    {
        var random = new Random(7);
        for (var round = 0; round < 400; round++)
        {
            var capacity = random.Next(1, 64);
            var tail = new StderrTail(capacity);
            var all = new StringBuilder();
            for (var i = random.Next(12); i > 0; i--)
            {
                var chunk = new string([.. Enumerable.Range(0, random.Next(90)).Select(_ => (char)random.Next('a',
                    'f'))]);
                tail.Append(Encoding.UTF8.GetBytes(chunk));
                all.Append(chunk);
            }

            tail.Text().ShouldBe(all.ToString()[Math.Max(0, all.Length - capacity)..]);
        }
    }

    [Fact]
    public void A_cut_tail_starts_at_a_line()
    {
        var tail = new StderrTail(16);
        tail.Append("first line\nsecond line\n"u8);
        tail.Text().ShouldBe("second line\n");
    }

    [Theory]
    [InlineData("orders", "dotnet", "/app/orders.dll")]
    [InlineData("orders", "dotnet", "exec", "--depsfile", "x.json", "orders.dll", "other.dll")]
    [InlineData("worker", "/usr/bin/python3.11", "-u", "/srv/worker.py", "arg.py")]
    [InlineData("server", "node", "--max-old-space-size=40", "server.mjs")]
    [InlineData("app", "java", "-Xmx1g", "-jar", "app.jar")]
    [InlineData("python3", "python3", "-m", "http.server")]
    [InlineData("ledger", "/opt/ledger/ledger", "config.py")]
    [InlineData("start", "./start.sh")]
    [InlineData("sh", "sh", "-c", "exit 1")]
    public void A_command_names_its_service(string name, params string[] command) =>
        ServiceName.Of(command).ShouldBe(name);

    [Theory]
    [InlineData("10", 10)]
    [InlineData("10s", 10)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5m", 90)]
    [InlineData("1h", 3600)]
    public void Durations_have_units(string text, double seconds) =>
        RunOptions.TryParseDuration(text).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0")]
    [InlineData("-1s")]
    [InlineData("10 s")]
    [InlineData("1e9")]
    [InlineData("1..2s")]
    [InlineData("99999999999h")]
    public void Other_texts_are_no_durations(string text) => RunOptions.TryParseDuration(text).ShouldBeNull();

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
}
