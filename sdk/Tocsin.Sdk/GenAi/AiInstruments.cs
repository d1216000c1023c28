using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TocsinSdk.GenAi;

/// <summary>
/// Names and buckets of OpenTelemetry's conventions for generative AI (gen_ai.*), and next to them the plain names a
/// dashboard asks for first: agent_executions_total, workflow_active_count, llm_tokens_total.
/// </summary>
internal static class AiInstruments
{
    public const string Name = "Tocsin.Sdk.GenAi";

    private static readonly Meter s_meter = new(Name);

    private static readonly double[] s_seconds =
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    private static readonly double[] s_chunkSeconds =
        [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];

    private static readonly long[] s_tokens =
        [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    public static ActivitySource Source { get; } = new(Name);

    public static Histogram<double> Duration { get; } = Seconds(
        "gen_ai.client.operation.duration", "How long calls of models and agents took.", s_seconds);

    public static Histogram<double> FirstChunk { get; } = Seconds(
        "gen_ai.client.operation.time_to_first_chunk", "Time from the request to the first chunk of a stream.", s_seconds);

    public static Histogram<double> PerChunk { get; } = Seconds(
        "gen_ai.client.operation.time_per_output_chunk", "Time between two chunks of a stream.", s_chunkSeconds);

    public static Histogram<long> TokenUsage { get; } =
        Instrument<long>("gen_ai.client.token.usage", "{token}", "Tokens per call.", s_tokens);

    public static Counter<long> Tokens { get; } =
        s_meter.CreateCounter<long>("llm.tokens", "{token}", "Tokens by provider, model and type.");

    public static Counter<double> Cost { get; } =
        s_meter.CreateCounter<double>("llm.cost", "USD", "Cost by provider and model, from the price list.");

    public static Counter<long> Unpriced { get; } =
        s_meter.CreateCounter<long>("llm.calls.unpriced", "{call}", "Calls of models that have no price.");

    public static Counter<long> AgentExecutions { get; } =
        s_meter.CreateCounter<long>("agent.executions", "{execution}", "Agent executions by name and status.");

    public static Histogram<double> AgentDuration { get; } = Seconds(
        "agent.execution.duration", "How long agents worked.", s_seconds);

    public static Counter<long> ToolCalls { get; } =
        s_meter.CreateCounter<long>("agent.tool.calls", "{call}", "Tool calls by tool and status.");

    public static UpDownCounter<long> ActiveWorkflows { get; } =
        s_meter.CreateUpDownCounter<long>("workflow.active_count", "{workflow}", "Workflows under way by name and state.");

    public static Histogram<double> WorkflowDuration { get; } = Seconds(
        "workflow.duration", "How long workflows took.", s_seconds);

    private static Histogram<double> Seconds(string name, string description, double[] buckets) =>
        Instrument<double>(name, "s", description, buckets);

#if NET9_0_OR_GREATER
    private static Histogram<T> Instrument<T>(string name, string unit, string description, T[] buckets)
        where T : struct =>
        s_meter.CreateHistogram(name, unit, description, tags: null,
            new InstrumentAdvice<T> { HistogramBucketBoundaries = buckets });
#else
    // .NET 8 cannot advise; the reader chooses the buckets.
    private static Histogram<T> Instrument<T>(string name, string unit, string description, T[] _) where T : struct =>
        s_meter.CreateHistogram<T>(name, unit, description);
#endif
}
