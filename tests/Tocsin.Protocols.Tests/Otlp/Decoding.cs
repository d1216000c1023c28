using System.Text;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Protocols.Otlp;
using Tocsin.Storage;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Otlp;

/// <summary>Decodes requests into a pipeline whose store keeps the rows as text.</summary>
internal sealed class Decoding
{
    public Decoding(IngestOptions? options = null)
    {
        Pipeline = new IngestPipeline(Append, options ?? IngestOptions.Default, Clock, Metrics, []);
    }

    public FakeClock Clock { get; } = new();

    public MetricSet Metrics { get; } = new();

    public IngestPipeline Pipeline { get; }

    public ulong Now => (ulong)Instant.Now(Clock).UnixNanos;

    public IReadOnlyList<string> Logs(byte[] request) => Rows(request, OtlpSignal.Logs, json: false);

    public IReadOnlyList<string> Logs(string request) => Rows(Encoding.UTF8.GetBytes(request), OtlpSignal.Logs, json: true);

    public IReadOnlyList<string> Spans(byte[] request) => Rows(request, OtlpSignal.Traces, json: false);

    public IReadOnlyList<string> Spans(string request) =>
        Rows(Encoding.UTF8.GetBytes(request), OtlpSignal.Traces, json: true);

    public ExportResult Export(ReadOnlySpan<byte> request, OtlpSignal signal, bool json)
    {
        _rows.Clear();
        return OtlpIngest.Export(Pipeline, signal, "otlp-http", request, json, CancellationToken.None)
            .AsTask().GetAwaiter().GetResult();
    }

    public void ShouldBalance()
    {
        foreach (IngestTotals totals in Pipeline.Totals())
            totals.Received.ShouldBe(totals.Stored + totals.Rejected.Values.Sum(), totals.ToString());
    }

    private readonly List<string> _rows = [];

    private IReadOnlyList<string> Rows(byte[] request, OtlpSignal signal, bool json)
    {
        Export(request, signal, json).Status.ShouldBe(ExportStatus.Accepted);
        return [.. _rows];
    }

    private ValueTask<AppendResult> Append(ReadOnlyMemory<byte> batch, CancellationToken cancel)
    {
        _rows.AddRange(BatchText.Lines(batch));
        return new(AppendResult.Stored);
    }
}
