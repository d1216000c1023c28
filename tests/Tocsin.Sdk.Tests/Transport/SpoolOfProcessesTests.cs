using System.Text;
using System.Text.RegularExpressions;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Transport;

/// <summary>Real processes that die in front of a server that is away, refuses, or comes back.</summary>
public sealed class SpoolOfProcessesTests : IDisposable
{
    private const int Lines = 3000;

    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();

    public void Dispose()
    {
        _server.Dispose();
        _state.Dispose();
    }

    [Theory]
    [InlineData("kill-self")]
    [InlineData("fail-fast")]
    [InlineData("main")]
    [InlineData("stack-overflow")]
    [InlineData("exit")]
    public void However_a_process_dies_the_next_start_sends_every_line_it_logged(string death)
    {
        using (var child = Child.Crasher(death, "http://127.0.0.1:9", _state.Path, ("CRASHER_LINES", $"{Lines}")))
        {
            child.Line("ready ");
            child.ExitCode(60);
        }
        Spool().ShouldNotBeEmpty();
        using var next = Child.Crasher("wait", _server.Url, _state.Path);
        next.Line("ready ");
        _server.Await(s => Numbers().Count == Lines, seconds: 30).ShouldBeTrue($"{Numbers().Count} arrived");
        next.Signal(15);
        next.ExitCode().ShouldBe(143);
        Spool().ShouldBeEmpty();
    }

    [Fact]
    public void Processes_that_live_keep_their_own()
    {
        using var first = Child.Crasher("wait", "http://127.0.0.1:9", _state.Path, ("CRASHER_LINES", "10"));
        first.Line("ready ");
        using var second = Child.Crasher("wait", _server.Url, _state.Path);
        second.Line("ready ");
        _server.Await(s => s.At("/v1/logs").Count > 0).ShouldBeTrue();
        second.Signal(15);
        second.ExitCode().ShouldBe(143);
        Numbers().ShouldBeEmpty();
        Spool().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(503)]
    [InlineData(401)]
    [InlineData(429)]
    public void What_a_server_does_not_take_now_it_gets_later(int status)
    {
        _server.Status = status;
        using var child = Child.Crasher("wait", _server.Url, _state.Path, ("CRASHER_LINES", $"{Lines}"));
        child.Line("ready ");
        child.Line("tocsin: telemetry -> ").ShouldEndWith($": {status} X");
        _server.Status = 200;
        _server.Await(s => child.Output.Contains(": ok", StringComparison.Ordinal) && Numbers().Count == Lines,
            seconds: 40).ShouldBeTrue();
        child.Signal(15);
        child.ExitCode().ShouldBe(143);
        Spool().ShouldBeEmpty();
    }

    private string[] Spool() => _state.Files("*.spool");

    private HashSet<int> Numbers() =>
    [
        .. _server.At("/v1/logs").SelectMany(r => Regex.Matches(Encoding.Latin1.GetString(r.Body), "numbered <(\\d+)>"))
            .Select(m => int.Parse(m.Groups[1].Value)),
    ];
}
