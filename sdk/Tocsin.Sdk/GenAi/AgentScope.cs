using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.GenAi;
using TocsinSdk.Logging;

namespace TocsinSdk;

/// <summary>
/// One execution of an agent: span "invoke_agent name", records agent_execution_started and agent_execution_completed or
/// agent_execution_failed by logger "agent.name", measures agent.executions and agent.execution.duration. Disposed
/// without success or failure it counts as abandoned.
/// </summary>
public sealed class AgentScope : AiScope
{
    private readonly string _name;
    private readonly ILogger _logger;
    private object? _result;

    internal AgentScope(AiTelemetry telemetry, string name, object? input)
        : base(telemetry, "invoke_agent " + name, ActivityKind.Internal)
    {
        (_name, _logger) = (name, telemetry.Logger("agent." + name));
        Activity?.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("gen_ai.agent.name", name);
        var kept = telemetry.Keep(input);
        Activity?.SetTag("gen_ai.input.messages", kept);
        new NamedRecord("agent_execution_started").Set("agent", name).Set("input_data", kept)
            .Log(_logger, LogLevel.Information);
    }

    /// <summary>Begins a step; it ends with its Dispose, which logs agent_step_completed with the duration.</summary>
    /// <param name="name">A short word such as "plan"; one of few.</param>
    /// <param name="data">What the step works on; kept only with <see cref="GenAiOptions.CaptureContent"/>.</param>
    public StepScope Step(string name, object? data = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        Totals.Add(steps: 1);
        return new StepScope(Telemetry, _logger, _name, name, data, tool: false, callId: null);
    }

    /// <summary>Begins the call of a tool: span "execute_tool name", record agent_tool_completed, agent.tool.calls.</summary>
    /// <param name="name">Name of the tool; one of few.</param>
    /// <param name="arguments">Kept only with <see cref="GenAiOptions.CaptureContent"/>.</param>
    /// <param name="callId">The id the model gave the call; null when there is none.</param>
    public StepScope Tool(string name, object? arguments = null, string? callId = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        Totals.Add(toolCalls: 1);
        return new StepScope(Telemetry, _logger, _name, name, arguments, tool: true, callId);
    }

    /// <summary>Ends with success.</summary>
    /// <param name="result">
    /// Text, number, or pairs of names and values; kept only with <see cref="GenAiOptions.CaptureContent"/>.
    /// </param>
    public void Succeed(object? result = null) => Succeeded(result);

    private protected override AiOutcome EndsByDispose => AiOutcome.Abandoned;

    private protected override void Succeeded(object? result)
    {
        _result = result;
        End(AiOutcome.Success, null);
    }

    private protected override void OnEnd(AiOutcome outcome, TimeSpan duration, Exception? exception)
    {
        var status = outcome.Name();
        var result = Telemetry.Keep(_result);
        Activity?.SetTag("gen_ai.output.messages", result);
        var tags = new TagList { { "agent_name", _name }, { "status", status } };
        AiInstruments.AgentExecutions.Add(1, tags);
        AiInstruments.AgentDuration.Record(duration.TotalSeconds, tags);
        var record = new NamedRecord(outcome == AiOutcome.Error ? "agent_execution_failed" : "agent_execution_completed")
            .Set("agent", _name).Set("status", status).Set("duration_ms", Math.Round(duration.TotalMilliseconds, 3))
            .Set("result", result);
        Totals.Write(record);
        if (exception is not null)
            record.Set("error_type", exception.GetType().FullName).Set("error_message", Said(exception))
                .Set("crash_id", Telemetry.Capture(exception, ("agent", _name)));
        record.Log(_logger, LevelOf(outcome), exception);
    }
}
