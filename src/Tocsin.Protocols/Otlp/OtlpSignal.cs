using Tocsin.Model;

namespace Tocsin.Protocols.Otlp;

/// <summary>One of the three services of OTLP: its routes, names and where its records go.</summary>
/// <param name="Path">Last part of the HTTP route.</param>
/// <param name="GrpcService">Full name of the gRPC service.</param>
/// <param name="Label">Value of the metric label "dataset".</param>
/// <param name="Dataset">Null: counted and rejected.</param>
/// <param name="RejectedField">Name of the count in the JSON form of partial_success.</param>
internal sealed record OtlpSignal(string Path, string GrpcService, string Label, Dataset? Dataset, string RejectedField)
{
    public static readonly OtlpSignal Logs = new(
        "logs", "opentelemetry.proto.collector.logs.v1.LogsService", "logs", Model.Dataset.Logs, "rejectedLogRecords");

    public static readonly OtlpSignal Traces = new(
        "traces", "opentelemetry.proto.collector.trace.v1.TraceService", "spans", Model.Dataset.Spans, "rejectedSpans");

    public static readonly OtlpSignal Metrics = new(
        "metrics", "opentelemetry.proto.collector.metrics.v1.MetricsService", "metrics", null, "rejectedDataPoints");

    public static IReadOnlyList<OtlpSignal> All { get; } = [Logs, Traces, Metrics];
}
