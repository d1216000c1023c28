using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>How an export ended, before a transport puts it into its own words.</summary>
internal enum ExportStatus
{
    Accepted,
    Malformed,
    Unavailable,
}

/// <param name="Status">Of the request.</param>
/// <param name="Rejected">Records that were left out of an accepted request.</param>
/// <param name="Message">For the client.</param>
internal readonly record struct ExportResult(ExportStatus Status, long Rejected, string? Message);

/// <summary>What both transports do with a decompressed request: decode, store, answer.</summary>
internal static class OtlpIngest
{
    private const string NoMetrics = "metrics are not supported yet; every data point was rejected";

    public static ValueTask<ExportResult> Export(
        IngestPipeline pipeline, OtlpSignal signal, string protocol, ReadOnlySpan<byte> request, bool json,
        CancellationToken cancel)
    {
        pipeline.CountBytes(protocol, signal.Label, request.Length);
        if (signal.Dataset is not { } dataset)
            return new(CountMetrics(pipeline, signal, protocol, request, json));
        IngestWriter writer = pipeline.Begin(protocol, dataset);
        bool whole = json ? JsonRequests.Decode(request, writer) : ProtoRequests.Decode(request, writer);
        if (whole)
            return Commit(pipeline, writer, cancel);
        pipeline.Abort(writer, RejectReason.Malformed);
        return new(Malformed(signal, json));
    }

    private static async ValueTask<ExportResult> Commit(
        IngestPipeline pipeline, IngestWriter writer, CancellationToken cancel)
    {
        IngestOutcome outcome = await pipeline.Commit(writer, cancel).ConfigureAwait(false);
        return outcome.Status == IngestStatus.Stored
            ? new ExportResult(ExportStatus.Accepted, outcome.Rejected, outcome.Message)
            : new ExportResult(ExportStatus.Unavailable, 0, IngestRequest.Explain(outcome.Status));
    }

    // Accepting and rejecting each point tells exporters to stop sending it; an error would make them retry for ever.
    private static ExportResult CountMetrics(
        IngestPipeline pipeline, OtlpSignal signal, string protocol, ReadOnlySpan<byte> request, bool json)
    {
        long points = json ? OtlpMetrics.CountJson(request) : OtlpMetrics.CountProto(request);
        if (points < 0)
        {
            pipeline.Refuse(protocol, signal.Label, RejectReason.Malformed);
            return Malformed(signal, json);
        }
        if (points > 0)
            pipeline.Refuse(protocol, signal.Label, RejectReason.MetricsNotSupported, points);
        return new ExportResult(ExportStatus.Accepted, points, points > 0 ? NoMetrics : null);
    }

    private static ExportResult Malformed(OtlpSignal signal, bool json) => new(
        ExportStatus.Malformed, 0,
        $"the body is not a valid OTLP {signal.Path} request in {(json ? "JSON" : "protobuf")}");
}
