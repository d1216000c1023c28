using System.Threading.Channels;
using Tocsin.Crashes.Telemetry;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Crashes;
using Tocsin.Model.Events;
using Tocsin.Model.Metrics;

namespace Tocsin.Crashes;

/// <summary>
/// Finds crashes in stored telemetry. The ingest path only copies what <see cref="UnhandledRule"/> picks into a bounded
/// queue; a worker makes crash records of it. What does not fit is dropped and counted.
/// </summary>
public sealed class CrashTap : IIngestTap
{
    private const int QueueLength = 1000, Remembered = 10_000;
    private static readonly TimeSpan s_sameTrouble = TimeSpan.FromSeconds(10);

    private readonly Channel<Sighting> _queue = Channel.CreateBounded<Sighting>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly CrashInbox _inbox;
    private readonly Counter _dropped;
    private readonly Counter _failed;

    public CrashTap(CrashInbox inbox, MetricSet metrics)
    {
        _inbox = inbox;
        _dropped = metrics.Counter("tocsin_crash_sightings_dropped_total",
            "Crashes seen in telemetry that found the queue full.");
        _failed = metrics.Counter("tocsin_crash_sightings_failed_total",
            "Crashes seen in telemetry that could not be recorded.");
        metrics.Gauge("tocsin_crash_sightings_queued", "Crashes seen in telemetry that wait to be recorded.", () =>
            _queue.Reader.Count);
    }

    public void OnStored(ReadOnlyMemory<byte> batch)
    {
        var reader = new EventBatchReader(batch.Span);
        bool spans = reader.Dataset == Dataset.Spans;
        while (reader.MoveNext())
        {
            EventRow row = reader.Row;
            Sighting? sighting = spans ? UnhandledRule.OfSpan(row) : UnhandledRule.OfLog(row);
            if (sighting is not null && !_queue.Writer.TryWrite(sighting))
                _dropped.Add();
        }
    }

    /// <summary>Makes records until cancelled. One at a time: a flood of telemetry must not crowd out deaths.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (Sighting sighting in _queue.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
                await Take(sighting, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Takes what is queued now; for tests and for the end of the server.</summary>
    internal async Task Drain(CancellationToken cancel)
    {
        while (_queue.Reader.TryRead(out Sighting? sighting))
            await Take(sighting, cancel).ConfigureAwait(false);
    }

    private async Task Take(Sighting sighting, CancellationToken cancel)
    {
        if (IsKnown(sighting))
            return;
        try
        {
            CrashRecord record = sighting.ToRecord();
            if (Records.CrashCheck.Problem(record) is null)
                await _inbox.Accept(record, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _failed.Add();
        }
    }

    /// <summary>The same exception reaches us as a log record and as a span's event: one trace, one type, within
    /// seconds.</summary>
    private bool IsKnown(Sighting s)
    {
        if (s.TraceId is null)
            return false;
        string key = $"{s.TraceId} {s.Type}";
        if (_seen.TryGetValue(key, out DateTimeOffset last) && (s.Time - last).Duration() < s_sameTrouble)
            return true;
        if (_seen.Count >= Remembered)
            _seen.Clear();
        _seen[key] = s.Time;
        return false;
    }
}
