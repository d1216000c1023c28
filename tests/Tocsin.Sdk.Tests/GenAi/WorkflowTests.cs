using Microsoft.Extensions.Logging;
using TocsinSdk.GenAi;

namespace TocsinSdk.Tests.GenAi;

public sealed class WorkflowTests : IDisposable
{
    private readonly AiStage _stage = new();
    private readonly string _name = "flow-" + Guid.NewGuid().ToString("N");

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void States_are_told_and_the_gauge_follows_them()
    {
        var flow = new WorkflowScope(_stage.Telemetry, _name, "w-1", null);
        Active("initialization").ShouldBe(1);
        flow.MoveTo("ranking");
        (Active("initialization"), Active("ranking"), flow.State).ShouldBe((0, 1, "ranking"));
        flow.Succeed();
        flow.MoveTo("too late");
        (Active("initialization"), Active("ranking"), Active("too late")).ShouldBe((0, 0, 0));

        _stage.Records.Select(r => (r.Logger, r.Name)).ShouldBe(
        [
            ("workflow", "workflow_started"), ("workflow", "workflow_state_transition"),
            ("workflow", "workflow_completed"),
        ]);
        _stage.Records.ShouldAllBe(r => (string)r.Fields["workflow_id"]! == "w-1");
        var move = _stage.Fields("workflow_state_transition");
        (move["from_state"], move["to_state"]).ShouldBe(("initialization", "ranking"));
        _stage.Fields("workflow_completed")["stage"].ShouldBe("completion");
        _stage.Span("invoke_workflow " + _name).Events.ShouldHaveSingleItem().Name.ShouldBe("workflow_state_transition");
    }

    [Fact]
    public void Every_way_to_end_takes_it_out_of_the_gauge()
    {
        using (new WorkflowScope(_stage.Telemetry, _name, "w-1", null))
        {
        }
        new WorkflowScope(_stage.Telemetry, _name, "w-2", null).Fail(new TimeoutException("slow"));
        Active("initialization").ShouldBe(0);
        _stage.Records.Single(r => r.Name == "workflow_failed").Level.ShouldBe(LogLevel.Error);
        _stage.Captured.ShouldHaveSingleItem().Context["workflow_id"].ShouldBe("w-2");
    }

    [Fact]
    public async Task Calls_of_agents_inside_count_for_the_workflow_even_from_parallel_tools()
    {
        var flow = new WorkflowScope(_stage.Telemetry, _name, "w-1", null);
        var agent = new AgentScope(_stage.Telemetry, "inner-" + _name, null);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() =>
        {
            using var call = new ModelCall(_stage.Telemetry, "chat", "openai", "gpt-4o-mini-2024-07-18");
            call.Tokens(1000, 100);
        })));
        agent.Succeed();
        flow.Succeed();
        foreach (var record in (string[])["agent_execution_completed", "workflow_completed"])
        {
            var fields = _stage.Fields(record);
            (fields["model_calls"], fields["input_tokens"], fields["output_tokens"]).ShouldBe((20, 20_000L, 2_000L));
            ((double)fields["cost_usd"]!).ShouldBe(0.0042, 1e-9);
        }
    }

    [Fact]
    public void An_ended_scope_is_nobodys_parent()
    {
        var flow = new WorkflowScope(_stage.Telemetry, _name, "w-1", null);
        var agent = new AgentScope(_stage.Telemetry, _name, null);
        flow.Succeed();
        agent.Succeed();
        using (var call = new ModelCall(_stage.Telemetry, "chat", "openai", "gpt-4o"))
            call.Tokens(10, 1);
        _stage.Fields("workflow_completed")["model_calls"].ShouldBe(0);
    }

    private double Active(string state) => _stage.Sum("workflow.active_count", ("workflow", _name), ("state", state));
}
