using Microsoft.Extensions.AI;

namespace TocsinSdk.AI;

/// <summary>Gathers from the chunks of a stream what a whole answer would have said at once.</summary>
internal sealed class StreamedAnswer(ModelCall call)
{
    private const int MaxKept = 64 << 10;

    private readonly System.Text.StringBuilder? _said = call.Keeps ? new() : null;
    private readonly UsageDetails _usage = new();
    private bool _hasUsage;

    public void Take(ChatResponseUpdate update)
    {
        call.Chunk();
        if (update.ModelId is not null || update.ResponseId is not null || update.FinishReason is not null)
            call.Answered(update.ModelId, update.ResponseId, update.FinishReason?.Value);
        foreach (var content in update.Contents)
        {
            if (content is UsageContent usage)
                (_, _hasUsage) = (Add(usage.Details), true);
            else if (_said?.Length < MaxKept && content is TextContent text)
                _said.Append(text.Text);
        }
        if (_hasUsage)
            Calls.Usage(call, _usage);
    }

    public void Complete()
    {
        if (_said is not null)
            call.Output(_said.ToString());
    }

    private bool Add(UsageDetails details)
    {
        _usage.Add(details);
        return true;
    }
}
