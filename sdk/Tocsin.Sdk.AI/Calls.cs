using System.Diagnostics;
using Microsoft.Extensions.AI;
using TocsinSdk.GenAi;

namespace TocsinSdk.AI;

/// <summary>
/// Begins the record of one call through Microsoft.Extensions.AI. That library can measure calls itself
/// (UseOpenTelemetry); where it does, outside or inside of us, its spans and measures stand, and only tokens by model,
/// cost and the log record are added.
/// </summary>
internal static class Calls
{
    private const string TheirSource = "Experimental.Microsoft.Extensions.AI";

    // OpenTelemetryChatClient and its like answer with the source they use.
    public static bool AreMeasuredBy(object? activitySource) => activitySource is ActivitySource;

    public static ModelCall Begin(
        string operation, string? provider, string? model, Uri? server, bool measuredInside)
    {
        var outside = Outside(operation);
        var call = new ModelCall(AiTelemetry.Current, operation, provider ?? "unknown", model ?? "unknown", outside,
            measuredInside);
        call.Server(server);
        return call;
    }

    public static void Usage(ModelCall call, UsageDetails? usage)
    {
        if (usage is null)
            return;
        call.Tokens(usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0);
        if (usage.ReasoningTokenCount is { } reasoning)
            call.Span?.SetTag("gen_ai.usage.reasoning.output_tokens", reasoning);
    }

    private static Activity? Outside(string operation)
    {
        // Not farther than one: an agent's span of that source around us is not a span of this call.
        var current = Activity.Current;
        return current is not null && current.Source.Name == TheirSource
            && current.GetTagItem("gen_ai.operation.name") as string == operation ? current : null;
    }
}
