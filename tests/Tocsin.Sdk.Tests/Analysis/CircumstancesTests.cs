using System.Text;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Analysis;

/// <summary>What a developer is told about what surrounded an error, by real processes.</summary>
public sealed class CircumstancesTests : IDisposable
{
    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();

    public void Dispose()
    {
        _server.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void In_development_an_error_is_kept_with_all_that_surrounded_it_but_secrets()
    {
        var said = Logs("Development");
        said.ShouldContain("execution_context_captured");
        foreach (var part in (string[])
                 ["outer work", "inner work", "order-7", "u-17", "s-3", "one crumb", "call_stack", "thread_pool",
                     "memory_usage", "assemblies", "Tocsin.Sdk ", "Crasher.Program."])
            said.ShouldContain(part);
        said.ShouldNotContain("hunter2");
        said.ShouldContain("[REDACTED]");
    }

    [Fact]
    public void Elsewhere_it_is_not_kept_unless_asked_for()
    {
        Logs("production").ShouldNotContain("execution_context_captured");
        Logs("production", ("TOCSIN_ANALYSIS__CAPTUREEXECUTIONCONTEXT", "true")).ShouldContain("execution_context_captured");
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("production")]
    public void To_stop_in_a_debugger_that_is_not_there_stops_nothing(string environment) =>
        Logs(environment, ("TOCSIN_ANALYSIS__BREAKONERROR", "true")).ShouldContain("error_analysis_completed");

    private string Logs(string environment, params (string, string?)[] more)
    {
        using var child = Child.Crasher("captured-around", _server.Url, _state.Path,
            [("CRASHER_ENVIRONMENT", environment), ("TOCSIN_LOGS__LEVEL", "Debug"), .. more]);
        child.ExitCode().ShouldBe(0);
        return string.Concat(_server.At("/v1/logs").Select(static r => Encoding.UTF8.GetString(r.Body)));
    }
}
