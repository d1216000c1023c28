using Tocsin.Model.Metrics;

namespace Tocsin.Ingest;

/// <summary>
/// The books of one protocol and dataset: received = stored + rejected, always. A request whose records cannot be
/// counted (unreadable, too large) counts as one record.
/// </summary>
internal sealed class IngestCounters
{
    private static readonly double[] s_bounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private readonly Counter _received;
    private readonly Counter _stored;
    private readonly Counter[] _rejected = new Counter[RejectReasons.Count];

    public IngestCounters(MetricSet metrics, string protocol, string dataset)
    {
        Protocol = protocol;
        Dataset = dataset;
        (string, string)[] labels = [("protocol", protocol), ("dataset", dataset)];
        _received = metrics.Counter("tocsin_ingest_received_total", "Records that clients sent.", labels);
        _stored = metrics.Counter("tocsin_ingest_stored_total", "Records on disk.", labels);
        Bytes = metrics.Counter("tocsin_ingest_bytes_total", "Request bytes after decompression.", labels);
        Seconds = metrics.Histogram(
            "tocsin_ingest_request_seconds", "From decoding to acknowledgement.", s_bounds, labels);
        for (int i = 0; i < _rejected.Length; i++)
        {
            _rejected[i] = metrics.Counter(
                "tocsin_ingest_rejected_total", "Records not stored, by reason.",
                [.. labels, ("reason", ((RejectReason)i).Label())]);
        }
    }

    public string Protocol { get; }

    public string Dataset { get; }

    public Counter Bytes { get; }

    public Histogram Seconds { get; }

    /// <summary>Books one request. <paramref name="rejected"/> is indexed by reason.</summary>
    public void Book(long stored, ReadOnlySpan<long> rejected)
    {
        long received = stored;
        for (int i = 0; i < rejected.Length; i++)
        {
            if (rejected[i] == 0)
                continue;
            received += rejected[i];
            _rejected[i].Add(rejected[i]);
        }
        _received.Add(received);
        _stored.Add(stored);
    }

    public IngestTotals Totals()
    {
        var rejected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < _rejected.Length; i++)
        {
            if (_rejected[i].Value is > 0 and long count)
                rejected[((RejectReason)i).Label()] = count;
        }
        return new IngestTotals(Protocol, Dataset, _received.Value, _stored.Value, rejected);
    }
}

/// <summary>What one protocol brought into one dataset since the server started.</summary>
public sealed record IngestTotals(
    string Protocol, string Dataset, long Received, long Stored, IReadOnlyDictionary<string, long> Rejected);
