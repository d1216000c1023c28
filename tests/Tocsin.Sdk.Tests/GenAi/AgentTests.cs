using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.GenAi;

namespace TocsinSdk.Tests.GenAi;

public sealed class AgentTests : IDisposable
{
    private readonly AiStage _stage = new();
    private readonly string _name = "agent-" + Guid.NewGuid().ToString("N");

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task An_execution_tells_its_story_in_records_spans_and_measures()
    {
        var agent = new AgentScope(_stage.Telemetry, _name, "find deals");
        using (agent.Step("plan"))
            await Task.Yield();
        using (var tool = agent.Tool("search", callId: "call_1"))
            tool.Output("3 hits");
        agent.Succeed("done");
        agent.Dispose();

        _stage.Records.Select(r => (r.Level, r.Logger, r.Name)).ShouldBe(
        [
            (LogLevel.Information, "agent." + _name, "agent_execution_started"),
            (LogLevel.Information, "agent." + _name, "agent_step_completed"),
            (LogLevel.Information, "agent." + _name, "agent_tool_completed"),
            (LogLevel.Information, "agent." + _name, "agent_execution_completed"),
        ]);
        var end = _stage.Fields("agent_execution_completed");
        (end["agent"], end["status"], end["steps"], end["tool_calls"]).ShouldBe((_name, "success", 1, 1));
        ((double)end["duration_ms"]!).ShouldBeGreaterThan(0);
        _stage.Fields("agent_step_completed")["step"].ShouldBe("plan");
        _stage.Records.ShouldAllBe(r => !r.Fields.ContainsKey("input_data") && !r.Fields.ContainsKey("result"));

        var span = _stage.Span("invoke_agent " + _name);
        span.GetTagItem("gen_ai.operation.name").ShouldBe("invoke_agent");
        span.GetTagItem("gen_ai.agent.name").ShouldBe(_name);
        var tools = _stage.Spans.Single(s => s.DisplayName == "execute_tool search" && s.ParentSpanId == span.SpanId);
        tools.GetTagItem("gen_ai.tool.call.id").ShouldBe("call_1");
        tools.GetTagItem("gen_ai.tool.call.result").ShouldBeNull();
        _stage.Sum("agent.executions", ("agent_name", _name), ("status", "success")).ShouldBe(1);
        _stage.Sum("agent.execution.duration", ("agent_name", _name)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_failure_inside_Run_is_reported_once_and_thrown_on()
    {
        var agent = new AgentScope(_stage.Telemetry, _name, null);
        var step = agent.Step("fetch");
        var failure = new HttpRequestException("no", null, System.Net.HttpStatusCode.TooManyRequests);
        var thrown = await Should.ThrowAsync<HttpRequestException>(() => agent.Run(async () =>
        {
            await step.Run(() => throw failure);
            return 1;
        }));
        thrown.ShouldBeSameAs(failure);
        agent.Dispose();
        step.Dispose();

        var record = _stage.Records.Single(r => r.Name == "agent_execution_failed");
        (record.Level, record.Thrown).ShouldBe((LogLevel.Error, failure));
        (record.Fields["error_type"], record.Fields["crash_id"]).ShouldBe(
            ("System.Net.Http.HttpRequestException", "CRASH-1"));
        _stage.Records.Count(r => r.Name == "agent_step_failed").ShouldBe(1);
        _stage.Captured.ShouldHaveSingleItem().Context["agent"].ShouldBe(_name);
        var span = _stage.Span("invoke_agent " + _name);
        (span.Status, span.GetTagItem("error.type")).ShouldBe((ActivityStatusCode.Error, "429"));
        _stage.Sum("agent.executions", ("agent_name", _name)).ShouldBe(1);
        _stage.Sum("agent.executions", ("agent_name", _name), ("status", "error")).ShouldBe(1);
    }

    [Fact]
    public void An_agent_left_without_a_word_counts_as_abandoned()
    {
        using (new AgentScope(_stage.Telemetry, _name, null))
        {
        }
        var record = _stage.Records.Single(r => r.Name == "agent_execution_completed");
        (record.Level, record.Fields["status"]).ShouldBe((LogLevel.Warning, "abandoned"));
        _stage.Captured.ShouldBeEmpty();
    }

    [Fact]
    public void Content_is_redacted_before_it_is_cut()
    {
        (_stage.Options.CaptureContent, _stage.Options.MaxContentBytes) = (true, 16);
        var agent = new AgentScope(_stage.Telemetry, _name, "password=hunter2 and more");
        agent.Succeed(new Dictionary<string, object?> { ["q"] = 1, ["o"] = new Version(1, 2) });
        _stage.Fields("agent_execution_started")["input_data"].ShouldBe("password=*** …");
        ((string)_stage.Fields("agent_execution_completed")["result"]!).ShouldStartWith("{\"q\":\"1\"");
    }

    [Theory]
    [InlineData("", 16)]
    [InlineData("plain and longer than sixteen", 16)]
    [InlineData("größengrößengrößen", 16)]
    [InlineData("😀😀😀😀😀😀", 17)]
    public void A_cut_is_within_its_bytes_and_never_inside_a_character(string text, int bytes)
    {
        var cut = Content.Cut(text, bytes);
        System.Text.Encoding.UTF8.GetByteCount(cut).ShouldBeLessThanOrEqualTo(bytes);
        cut.ShouldNotContain('\uFFFD');
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(cut)).ShouldBe(cut);
        text.ShouldStartWith(cut.TrimEnd('…'));
    }

    [Fact]
    public void What_cannot_be_enumerated_does_not_fail_the_agent()
    {
        _stage.Options.CaptureContent = true;
        new AgentScope(_stage.Telemetry, _name, Throwing()).Succeed();
        _stage.Fields("agent_execution_started")["input_data"].ShouldBe("<unserializable>");

        static IEnumerable<KeyValuePair<string, object?>> Throwing()
        {
            yield return new("a", 1);
            throw new InvalidOperationException("broken");
        }
    }
}
