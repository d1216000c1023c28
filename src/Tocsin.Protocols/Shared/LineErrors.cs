using Tocsin.Ingest;

namespace Tocsin.Protocols.Shared;

/// <param name="Line">Counted from 1.</param>
/// <param name="Reason">As in the metrics.</param>
/// <param name="Why">In words.</param>
internal readonly record struct LineError(int Line, string Reason, string Why);

/// <summary>Remembers the first records of one request that were left out, so that the client can be told.</summary>
internal sealed class LineErrors
{
    private const int MaxKept = 10;

    /// <summary>
    /// A record that cannot be parsed costs far more than a good one. Past so many the rest of a request is rejected
    /// unread.
    /// </summary>
    private const int MaxMalformed = 10_000;

    private readonly List<LineError> _first = [];
    private int _malformed;

    public IReadOnlyList<LineError> First => _first;

    public bool TooMany => _malformed >= MaxMalformed;

    /// <summary>Books a record that never reached the writer.</summary>
    public void Malformed(int line, string why, IngestWriter writer)
    {
        writer.Reject(RejectReason.Malformed);
        _malformed++;
        Keep(line, RejectReason.Malformed, why);
    }

    /// <summary>Remembers a record that the writer has just rejected.</summary>
    public void Rejected(int line, IngestWriter writer) => Keep(line, writer.LastReject, Explain(writer.LastReject));

    private void Keep(int line, RejectReason reason, string why)
    {
        if (_first.Count < MaxKept)
            _first.Add(new LineError(line, reason.Label(), why));
    }

    private static string Explain(RejectReason reason) => reason switch
    {
        RejectReason.TooOld => "the record is older than the retention",
        RejectReason.InFuture => "the record's time is more than a day ahead",
        RejectReason.RecordTooLarge => "the record is too large",
        RejectReason.TooDeep => "values are nested too deep",
        RejectReason.BatchTooLarge => "the request is too large in stored form; send less at a time",
        _ => "the record breaks a rule",
    };
}
