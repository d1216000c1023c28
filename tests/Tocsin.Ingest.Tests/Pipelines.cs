using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Storage;
using Tocsin.Testing;

namespace Tocsin.Ingest.Tests;

/// <summary>A pipeline over a store that answers what the test says, with its books at hand.</summary>
internal sealed class Pipelines
{
    public Pipelines(IngestOptions? options = null, params IIngestTap[] taps)
    {
        Pipeline = new IngestPipeline(Append, options ?? IngestOptions.Default, Clock, Metrics, taps);
    }

    public FakeClock Clock { get; } = new();

    public MetricSet Metrics { get; } = new();

    public IngestPipeline Pipeline { get; }

    public List<string> Stored { get; } = [];

    public Func<ValueTask<AppendResult>> Answer { get; set; } = () => new(AppendResult.Stored);

    public ulong Now => (ulong)Instant.Now(Clock).UnixNanos;

    public IngestTotals Totals => Pipeline.Totals().Single();

    /// <summary>received = stored + rejected, in the pipeline's own words and in the public metrics.</summary>
    public void ShouldBalance()
    {
        foreach (IngestTotals totals in Pipeline.Totals())
            totals.Received.ShouldBe(totals.Stored + totals.Rejected.Values.Sum(), totals.ToString());
        long rejected = Metrics.Total("tocsin_ingest_rejected_total");
        Metrics.Total("tocsin_ingest_received_total").ShouldBe(Metrics.Total("tocsin_ingest_stored_total") + rejected);
    }

    /// <summary>Writes and commits one record; returns it as text, or null when it was rejected.</summary>
    public string? Record(Action<IngestWriter> fields)
    {
        IngestWriter writer = Pipeline.Begin("test", Dataset.Logs);
        writer.BeginResource();
        writer.EndResource();
        if (writer.BeginRow(Now, 0, 9, default, default, default))
        {
            fields(writer);
            writer.EndRow();
        }
        Stored.Clear();
        Commit(writer);
        return Stored.SingleOrDefault();
    }

    /// <summary>For stores that answer at once.</summary>
    public IngestOutcome Commit(IngestWriter writer) =>
        Pipeline.Commit(writer, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>The fields of one record as JSON.</summary>
    public string Fields(Action<IngestWriter> fields)
    {
        string line = Record(fields).ShouldNotBeNull();
        return line[(line.IndexOf("\"fields\":", StringComparison.Ordinal) + 9)..^1];
    }

    /// <summary>A writer with so many plain records.</summary>
    public IngestWriter Writer(int records)
    {
        IngestWriter writer = Pipeline.Begin("test", Dataset.Logs);
        for (int i = 0; i < records; i++)
        {
            writer.BeginRow(Now, 0, 9, default, default, default).ShouldBeTrue();
            writer.EndRow();
        }
        return writer;
    }

    private async ValueTask<AppendResult> Append(ReadOnlyMemory<byte> batch, CancellationToken cancel)
    {
        AppendResult result = await Answer();
        if (result == AppendResult.Stored)
            Stored.AddRange(BatchText.Lines(batch));
        return result;
    }
}
