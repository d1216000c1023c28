using TocsinSdk.GenAi;

namespace TocsinSdk;

public static partial class Tocsin
{
    /// <summary>Begins an execution of an agent; it lasts until it succeeds, fails or is disposed.</summary>
    /// <param name="name">One of few: it names a logger, a span and a label.</param>
    /// <param name="input">
    /// Text, number, or pairs of names and values; kept only with <see cref="GenAiOptions.CaptureContent"/>.
    /// </param>
    public static AgentScope Agent(string name, object? input = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new AgentScope(AiTelemetry.Current, name, input);
    }

    /// <summary>Begins a workflow in the state "initialization".</summary>
    /// <param name="name">One of few, such as "deal-search".</param>
    /// <param name="id">Of this one workflow; null makes one.</param>
    /// <param name="input">As for <see cref="Agent"/>.</param>
    public static WorkflowScope Workflow(string name, string? id = null, object? input = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new WorkflowScope(AiTelemetry.Current, name, id ?? Guid.NewGuid().ToString("N"), input);
    }

    /// <summary>Begins a call of a language model that is not made through IChatClient.</summary>
    /// <param name="provider">OpenTelemetry's name of the provider: "openai", "anthropic", "azure.ai.openai".</param>
    /// <param name="model">Name of the model, such as "gpt-4o".</param>
    /// <param name="operation">"chat", "embeddings", "text_completion".</param>
    public static ModelCall ModelCall(string provider, string model, string operation = "chat")
    {
        ArgumentException.ThrowIfNullOrEmpty(provider);
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentException.ThrowIfNullOrEmpty(operation);
        return new ModelCall(AiTelemetry.Current, operation, provider, model);
    }
}
