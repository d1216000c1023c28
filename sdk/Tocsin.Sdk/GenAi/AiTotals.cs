using TocsinSdk.Logging;

namespace TocsinSdk.GenAi;

/// <summary>What happened inside a scope; tools may run in parallel, so every member is safe from any thread.</summary>
internal sealed class AiTotals
{
    private readonly Lock _lock = new();

    public int Steps { get; private set; }
    public int ToolCalls { get; private set; }
    public int ModelCalls { get; private set; }
    public long InputTokens { get; private set; }
    public long OutputTokens { get; private set; }
    public double CostUsd { get; private set; }

    public void Add(int steps = 0, int toolCalls = 0)
    {
        lock (_lock)
            (Steps, ToolCalls) = (Steps + steps, ToolCalls + toolCalls);
    }

    public void AddCall(long input, long output, double cost)
    {
        lock (_lock)
            (ModelCalls, InputTokens, OutputTokens, CostUsd) =
                (ModelCalls + 1, InputTokens + input, OutputTokens + output, CostUsd + cost);
    }

    public void Write(NamedRecord to)
    {
        lock (_lock)
        {
            to.Set("steps", Steps);
            to.Set("tool_calls", ToolCalls);
            to.Set("model_calls", ModelCalls);
            to.Set("input_tokens", InputTokens);
            to.Set("output_tokens", OutputTokens);
            if (CostUsd > 0)
                to.Set("cost_usd", Math.Round(CostUsd, 6));
        }
    }
}
