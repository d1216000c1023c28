using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>
/// OpenTelemetry's batches of spans, with a door of their own: its queue drops what does not fit without a word, so no
/// more is let in than fits, and the rest is counted.
/// </summary>
internal sealed class CountedSpans : BatchActivityExportProcessor
{
    private readonly Exporter _exporter;
    private readonly Drops _drops;
    private readonly int _room;

    // OpenTelemetry's queue gives up, without a word, on a thread that others overtake too often.
    private readonly Lock _adding = new();

    private CountedSpans(Exporter exporter, Drops drops, BatchExportProcessorOptions<Activity> batches)
        : base(exporter, batches.MaxQueueSize, batches.ScheduledDelayMilliseconds,
            batches.ExporterTimeoutMilliseconds, batches.MaxExportBatchSize) =>
        (_exporter, _drops, _room) = (exporter, drops, batches.MaxQueueSize - 1);

    public static CountedSpans To(OtlpExporterOptions exporter, Drops drops)
    {
        // Reads OTEL_BSP_*.
        var batches = new BatchExportActivityProcessorOptions();
        if (OpenTelemetryWiring.Unset("OTEL_BSP_MAX_QUEUE_SIZE"))
            batches.MaxQueueSize = 16 << 10;
        if (OpenTelemetryWiring.Unset("OTEL_BSP_SCHEDULE_DELAY"))
            batches.ScheduledDelayMilliseconds = 1000;
        return new CountedSpans(new Exporter(exporter), drops, batches);
    }

    protected override void OnExport(Activity data)
    {
        if (Interlocked.Increment(ref _exporter.Waiting) <= _room)
        {
            lock (_adding)
                base.OnExport(data);
            return;
        }
        Interlocked.Decrement(ref _exporter.Waiting);
        _drops.Count(Signal.Traces, DropReason.QueueFull, 1);
    }

    private sealed class Exporter(OtlpExporterOptions options) : OtlpTraceExporter(options)
    {
        public int Waiting;

        public override ExportResult Export(in Batch<Activity> activityBatch)
        {
            var count = (int)activityBatch.Count;
            try
            {
                return base.Export(activityBatch);
            }
            finally
            {
                Interlocked.Add(ref Waiting, -count);
            }
        }
    }
}
