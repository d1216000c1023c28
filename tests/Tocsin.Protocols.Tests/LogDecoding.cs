using System.Text;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Protocols.Shared;
using Tocsin.Storage;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests;

/// <summary>Decodes bodies of a log protocol into a pipeline whose store keeps the rows as text.</summary>
internal sealed class LogDecoding
{
    private readonly List<string> _rows = [];

    public LogDecoding(IngestOptions? options = null) =>
        Pipeline = new IngestPipeline(Append, options ?? IngestOptions.Default, Clock, new MetricSet(), []);

    public FakeClock Clock { get; } = new();

    public IngestPipeline Pipeline { get; }

    /// <summary>Nanoseconds since 1970.</summary>
    public long Now => Instant.Now(Clock).UnixNanos;

    public IngestTotals Totals => Pipeline.Totals().Single();

    /// <summary>The rows as text, or the problem that refused the body.</summary>
    public (IReadOnlyList<string> Rows, string? Problem) Decode(BodyDecoder decode, ReadOnlySpan<byte> body)
    {
        _rows.Clear();
        IngestWriter writer = Pipeline.Begin("test", Dataset.Logs);
        string? problem = decode(body, writer);
        if (problem is null)
            Pipeline.Commit(writer, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        else
            Pipeline.Abort(writer, RejectReason.Malformed);
        return ([.. _rows], problem);
    }

    public IReadOnlyList<string> Rows(BodyDecoder decode, ReadOnlySpan<byte> body)
    {
        (IReadOnlyList<string> rows, string? problem) = Decode(decode, body);
        problem.ShouldBeNull();
        return rows;
    }

    public IReadOnlyList<string> Rows(BodyDecoder decode, string body) => Rows(decode, Encoding.UTF8.GetBytes(body));

    public void ShouldBalance()
    {
        foreach (IngestTotals totals in Pipeline.Totals())
            totals.Received.ShouldBe(totals.Stored + totals.Rejected.Values.Sum(), totals.ToString());
    }

    private ValueTask<AppendResult> Append(ReadOnlyMemory<byte> batch, CancellationToken cancel)
    {
        _rows.AddRange(BatchText.Lines(batch));
        return new(AppendResult.Stored);
    }
}
