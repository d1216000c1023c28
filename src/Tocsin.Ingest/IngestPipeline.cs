using System.Collections.Concurrent;
using System.Text;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Storage;

namespace Tocsin.Ingest;

/// <summary>
/// The one way into the store. A protocol takes a writer with <see cref="Begin"/>, decodes into it, and ends it with
/// either <see cref="Commit"/> or <see cref="Abort"/>.
/// </summary>
/// <remarks>
/// Commit, step by step: 1 nothing to store: answer. 2 wait for room in the byte budget, then refuse. 3 append; the
/// store answers after fsync. 4 show the batch to the taps. 5 book received = stored + rejected. Once step 3 begins the
/// request is no longer cancelled, so that the books say what is on disk. Thread-safe.
/// </remarks>
public sealed class IngestPipeline
{
    private const int MaxPooled = 16;

    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<AppendResult>> _append;
    private readonly TimeProvider _clock;
    private readonly MetricSet _metrics;
    private readonly IReadOnlyList<IIngestTap> _taps;
    private readonly WriterCounters _writerCounters;
    private readonly Counter _tapFailures;
    private readonly Counter _storeFailures;
    private readonly ConcurrentDictionary<(string Protocol, string Dataset), IngestCounters> _books = new();
    private readonly ConcurrentQueue<IngestWriter> _pool = new();

    public IngestPipeline(
        Database database, IngestOptions options, TimeProvider clock, MetricSet metrics, IReadOnlyList<IIngestTap> taps)
        : this(database.Append, options, clock, metrics, taps)
    {
    }

    internal IngestPipeline(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<AppendResult>> append,
        IngestOptions options, TimeProvider clock, MetricSet metrics, IReadOnlyList<IIngestTap> taps)
    {
        _append = append;
        _clock = clock;
        _metrics = metrics;
        _writerCounters = new WriterCounters(metrics);
        _tapFailures = metrics.Counter("tocsin_ingest_tap_failures_total", "Observers of stored batches that failed.");
        _storeFailures = metrics.Counter("tocsin_ingest_store_failures_total", "Appends that ended in an exception.");
        Options = options;
        Sources = new IngestSources(clock);
        _taps = [Sources, .. taps];
        Redactor = new Redactor(options.RedactKeys, options.KeepKeys);
        Budget = new ByteBudget(options.MaxBytesInFlight, options.MaxWait, clock);
        metrics.Gauge(
            "tocsin_ingest_bytes_in_flight", "Request bodies and batches in memory.", () => Budget.Used);
    }

    public IngestOptions Options { get; }

    public Redactor Redactor { get; }

    /// <summary>Shared by request bodies and batches.</summary>
    public ByteBudget Budget { get; }

    public IngestSources Sources { get; }

    /// <summary>The books of every protocol and dataset that was used so far.</summary>
    public IReadOnlyList<IngestTotals> Totals() => [.. _books.Values.Select(b => b.Totals())];

    /// <summary>Takes a writer from the pool. The caller must hand it to Commit or Abort exactly once.</summary>
    /// <param name="protocol">A constant name such as "otlp-http"; becomes a metric label.</param>
    /// <param name="dataset">Where the records go.</param>
    public IngestWriter Begin(string protocol, Dataset dataset)
    {
        if (!_pool.TryDequeue(out IngestWriter? writer))
            writer = new IngestWriter(Options, Redactor, _writerCounters);
        string label = dataset == Dataset.Logs ? "logs" : "spans";
        writer.Reset(Books(protocol, label), dataset, Instant.Now(_clock), _clock.GetTimestamp());
        return writer;
    }

    /// <summary>Stores the batch; returns when it is on disk or refused. Takes the writer back.</summary>
    public async ValueTask<IngestOutcome> Commit(IngestWriter writer, CancellationToken cancel)
    {
        IngestStatus status = writer.Rows == 0
            ? IngestStatus.Stored
            : await Store(writer, cancel).ConfigureAwait(false);
        if (Refusal(status) is { } reason)
            writer.RejectAll(reason);
        return Close(writer, status);
    }

    /// <summary>Stores nothing: the request as a whole was bad. Takes the writer back.</summary>
    public IngestOutcome Abort(IngestWriter writer, RejectReason reason)
    {
        writer.RejectAll(reason);
        return Close(writer, IngestStatus.Stored);
    }

    /// <summary>Books records that never reached a writer. Unknown numbers count as one.</summary>
    /// <param name="protocol">As in <see cref="Begin"/>.</param>
    /// <param name="dataset">"logs", "spans" or "metrics".</param>
    /// <param name="reason">Why.</param>
    /// <param name="records">How many, when known.</param>
    public void Refuse(string protocol, string dataset, RejectReason reason, long records = 1)
    {
        Span<long> rejected = stackalloc long[RejectReasons.Count];
        rejected.Clear();
        rejected[(int)reason] = records;
        Books(protocol, dataset).Book(0, rejected);
    }

    /// <summary>Counts the bytes of a request body after decompression.</summary>
    public void CountBytes(string protocol, string dataset, long bytes) => Books(protocol, dataset).Bytes.Add(bytes);

    private async ValueTask<IngestStatus> Store(IngestWriter writer, CancellationToken cancel)
    {
        ReadOnlyMemory<byte> batch = writer.Encoded;
        try
        {
            if (!await Budget.Take(batch.Length, cancel).ConfigureAwait(false))
                return IngestStatus.Overloaded;
        }
        catch (OperationCanceledException)
        {
            return IngestStatus.Cancelled;
        }
        try
        {
            AppendResult result = await Append(batch).ConfigureAwait(false);
            if (result == AppendResult.Stored)
                Show(batch);
            return Status(result);
        }
        finally
        {
            Budget.Release(batch.Length);
        }
    }

    private async ValueTask<AppendResult> Append(ReadOnlyMemory<byte> batch)
    {
        try
        {
            return await _append(batch, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            _storeFailures.Add();
            return AppendResult.Failed;
        }
    }

    private void Show(ReadOnlyMemory<byte> batch)
    {
        foreach (IIngestTap tap in _taps)
        {
            try
            {
                tap.OnStored(batch);
            }
            catch (Exception)
            {
                _tapFailures.Add();
            }
        }
    }

    private IngestOutcome Close(IngestWriter writer, IngestStatus status)
    {
        long stored = writer.Rows;
        long rejected = 0;
        foreach (long count in writer.Rejected)
            rejected += count;
        string? message = rejected == 0 ? null : Message(writer.Rejected, rejected);
        writer.Books.Book(stored, writer.Rejected);
        writer.Books.Seconds.Observe(_clock.GetElapsedTime(writer.Started).TotalSeconds);
        if (writer.IsLarge || _pool.Count >= MaxPooled)
            writer.Dispose();
        else
            _pool.Enqueue(writer);
        return new IngestOutcome(status, stored, rejected, message);
    }

    private IngestCounters Books(string protocol, string dataset) =>
        _books.GetOrAdd(
            (protocol, dataset), static (key, metrics) => new(metrics, key.Protocol, key.Dataset), _metrics);

    private static IngestStatus Status(AppendResult result) => result switch
    {
        AppendResult.Stored => IngestStatus.Stored,
        AppendResult.DiskFull => IngestStatus.DiskFull,
        AppendResult.Overloaded => IngestStatus.Overloaded,
        _ => IngestStatus.Failed,
    };

    private static RejectReason? Refusal(IngestStatus status) => status switch
    {
        IngestStatus.Overloaded => RejectReason.Overloaded,
        IngestStatus.DiskFull => RejectReason.DiskFull,
        IngestStatus.Failed => RejectReason.StoreFailed,
        IngestStatus.Cancelled => RejectReason.Cancelled,
        _ => null,
    };

    private static string Message(ReadOnlySpan<long> rejected, long total)
    {
        var text = new StringBuilder().Append(total).Append(" rejected:");
        for (int i = 0; i < rejected.Length; i++)
        {
            if (rejected[i] == 0)
                continue;
            text.Append(text[^1] == ':' ? " " : ", ");
            text.Append(rejected[i]).Append(' ').Append(((RejectReason)i).Label());
        }
        return text.ToString();
    }
}
