using System.Text.Json;
using Microsoft.Extensions.Logging;
using TocsinSdk.Analysis;
using TocsinSdk.Redaction;
using TocsinSdk.Tests.Logging;

namespace TocsinSdk.Tests.Analysis;

/// <summary>What the rules add to lines of the log files.</summary>
public sealed class ErrorFieldsTests : IDisposable
{
    private readonly LogPipeline _logs = new();

    public ErrorFieldsTests()
    {
        var redactor = new Redactor(new RedactionOptions());
        _logs.Provider.Errors = new ErrorFields(
            new ErrorAnalyzer(Some.Identity, redactor, TimeProvider.System), _logs.Provider.Filling, redactor);
    }

    public void Dispose() => _logs.Dispose();

    [Theory]
    [InlineData(LogLevel.Error)]
    [InlineData(LogLevel.Critical)]
    public void An_error_with_an_exception_the_rules_know_says_what_it_is_and_what_to_do(LogLevel level)
    {
        _logs.Log.Log(level, new TimeoutException("connection timeout"), "no answer from {Host}", "db-1");
        var line = _logs.Line();
        Field(line, "error_category").ShouldBe("api_timeout");
        Field(line, "error_severity").ShouldBe("high");
        Field(line, "error_suggestions").ShouldNotBeNull().Length.ShouldBeGreaterThan(20);
        Field(line, "Host").ShouldBe("db-1");
        Field(line, "crash_id").ShouldBeNull();
    }

    [Fact]
    public void The_id_under_which_an_exception_was_reported_is_on_its_line()
    {
        var exception = new TimeoutException("connection timeout");
        var id = "CRASH-1";
        ReportedErrors.TryClaim(exception, ref id).ShouldBeTrue();
        _logs.Log.LogError(new AggregateException(exception), "as awaiting wraps it");
        Field(_logs.Line(), "crash_id").ShouldBe("CRASH-1");
    }

    [Fact]
    public void Warnings_and_errors_without_an_exception_get_nothing()
    {
        _logs.Log.LogWarning(new TimeoutException("connection timeout"), "a warning");
        _logs.Log.LogError("connection timeout");
        _logs.Lines().Count.ShouldBe(2);
        foreach (var line in _logs.Lines())
            foreach (var name in (string[])["error_category", "error_severity", "error_suggestions", "crash_id"])
                Field(line, name).ShouldBeNull();
    }

    [Fact]
    public void An_exception_no_rule_speaks_of_is_the_codes_own()
    {
        _logs.Log.LogError(new StrangeException("xyzzy"), "strange");
        Field(_logs.Line(), "error_category").ShouldBe("code");
    }

    [Fact]
    public void An_exception_that_cannot_be_read_costs_no_line()
    {
        _logs.Log.LogError(new MuteException(), "still written");
        _logs.Lines().Count.ShouldBe(1);
    }

    private static string? Field(JsonElement line, string name)
    {
        foreach (var property in line.EnumerateObject())
        {
            if (property.Name == name)
                return property.Value.ToString();
            if (property.Value.ValueKind == JsonValueKind.Object && Field(property.Value, name) is { } inside)
                return inside;
        }
        return null;
    }

    private sealed class StrangeException(string message) : Exception(message);

    private sealed class MuteException : Exception
    {
        public override string Message => throw new InvalidOperationException("mute");
    }
}
