using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.GenAi;
using TocsinSdk.Logging;

namespace TocsinSdk;

/// <summary>
/// One workflow from start to end: span "invoke_workflow name", records workflow_started, workflow_state_transition and
/// workflow_completed (or workflow_failed) by logger "workflow", gauge workflow.active_count by state. Disposed without
/// success or failure it counts as abandoned.
/// </summary>
public sealed class WorkflowScope : AiScope
{
    private readonly Lock _moving = new();
    private readonly string _name;
    private readonly ILogger _logger;
    private object? _finalState;
    private bool _left;

    internal WorkflowScope(AiTelemetry telemetry, string name, string id, object? input)
        : base(telemetry, "invoke_workflow " + name, ActivityKind.Internal)
    {
        (_name, Id, _logger) = (name, id, telemetry.Logger("workflow"));
        Activity?.SetTag("gen_ai.operation.name", "invoke_workflow").SetTag("gen_ai.workflow.name", name)
            .SetTag("tocsin.workflow.id", id);
        Count(State, 1);
        Event("workflow_started").Set("stage", State).Set("input_data", telemetry.Keep(input))
            .Log(_logger, LogLevel.Information);
    }

    /// <summary>Given by the application, else 32 hex digits.</summary>
    public string Id { get; }

    /// <summary>The present state; "initialization" at first.</summary>
    public string State { get; private set; } = "initialization";

    /// <summary>Enters a state: a log record, an event on the span, and the gauge counts it there.</summary>
    /// <param name="state">One of few, such as "ranking".</param>
    /// <param name="metadata">Kept only with <see cref="GenAiOptions.CaptureContent"/>.</param>
    public void MoveTo(string state, object? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        string from;
        lock (_moving)
        {
            if (_left)
                return;
            (from, State) = (State, state);
            Count(from, -1);
            Count(state, 1);
        }
        Activity?.AddEvent(new ActivityEvent("workflow_state_transition", tags: new ActivityTagsCollection
        {
            ["from_state"] = from, ["to_state"] = state,
        }));
        Event("workflow_state_transition").Set("from_state", from).Set("to_state", state)
            .Set("metadata", Telemetry.Keep(metadata)).Log(_logger, LogLevel.Information);
    }

    /// <summary>Ends with success.</summary>
    /// <param name="finalState">
    /// Text, number, or pairs of names and values; kept only with <see cref="GenAiOptions.CaptureContent"/>.
    /// </param>
    public void Succeed(object? finalState = null) => Succeeded(finalState);

    private protected override AiOutcome EndsByDispose => AiOutcome.Abandoned;

    private protected override void Succeeded(object? result)
    {
        _finalState = result;
        End(AiOutcome.Success, null);
    }

    private protected override void OnEnd(AiOutcome outcome, TimeSpan duration, Exception? exception)
    {
        lock (_moving)
        {
            _left = true;
            Count(State, -1);
        }
        AiInstruments.WorkflowDuration.Record(
            duration.TotalSeconds, new TagList { { "workflow", _name }, { "status", outcome.Name() } });
        var record = Event(outcome == AiOutcome.Error ? "workflow_failed" : "workflow_completed")
            .Set("stage", "completion").Set("status", outcome.Name()).Set("state", State)
            .Set("duration_ms", Math.Round(duration.TotalMilliseconds, 3))
            .Set("final_state", Telemetry.Keep(_finalState));
        Totals.Write(record);
        if (exception is not null)
            record.Set("error_type", exception.GetType().FullName).Set("error_message", Said(exception))
                .Set("crash_id", Telemetry.Capture(exception, ("workflow", _name), ("workflow_id", Id)));
        record.Log(_logger, LevelOf(outcome), exception);
    }

    private NamedRecord Event(string name) => new NamedRecord(name).Set("workflow", _name).Set("workflow_id", Id);

    private void Count(string state, int change) => AiInstruments.ActiveWorkflows.Add(
        change, new TagList { { "workflow", _name }, { "state", state } });
}
