using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.GenAi;
using TocsinSdk.Logging;

namespace TocsinSdk;

/// <summary>A step of an agent, or its call of a tool. Disposing it means it went well.</summary>
public sealed class StepScope : AiScope
{
    private readonly ILogger _logger;
    private readonly string _agent, _name;
    private readonly bool _tool;
    private readonly object? _input;
    private object? _output;

    internal StepScope(
        AiTelemetry telemetry, ILogger logger, string agent, string name, object? input, bool tool, string? callId)
        : base(telemetry, (tool ? "execute_tool " : "step ") + name, ActivityKind.Internal)
    {
        (_logger, _agent, _name, _input, _tool) = (logger, agent, name, input, tool);
        Activity?.SetTag("gen_ai.agent.name", agent);
        if (tool)
            Activity?.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", name)
                .SetTag("gen_ai.tool.call.id", callId).SetTag("gen_ai.tool.call.arguments", telemetry.Keep(input));
        else
            Activity?.SetTag("tocsin.agent.step", name);
    }

    /// <summary>What came out of it; kept only with <see cref="GenAiOptions.CaptureContent"/>.</summary>
    /// <param name="result">Text, number, or pairs of names and values.</param>
    public void Output(object? result) => _output = result;

    private protected override void Succeeded(object? result)
    {
        _output ??= result;
        End(AiOutcome.Success, null);
    }

    private protected override void OnEnd(AiOutcome outcome, TimeSpan duration, Exception? exception)
    {
        var output = Telemetry.Keep(_output);
        if (_tool)
        {
            Activity?.SetTag("gen_ai.tool.call.result", output);
            AiInstruments.ToolCalls.Add(1, new TagList { { "tool", _name }, { "status", outcome.Name() } });
        }
        var record = new NamedRecord((_tool ? "agent_tool_" : "agent_step_") + (exception is null ? "completed" : "failed"))
            .Set("agent", _agent).Set(_tool ? "tool" : "step", _name).Set("status", outcome.Name())
            .Set("duration_ms", Math.Round(duration.TotalMilliseconds, 3))
            .Set("data", Telemetry.Keep(_input)).Set("result", output);
        if (exception is not null)
            record.Set("error_type", exception.GetType().FullName).Set("error_message", Said(exception));
        record.Log(_logger, LevelOf(outcome), exception);
    }
}
