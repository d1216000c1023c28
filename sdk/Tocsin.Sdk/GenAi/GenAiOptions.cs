namespace TocsinSdk;

/// <summary>Agents, workflows and language models.</summary>
public sealed class GenAiOptions
{
}
