using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Scan;

/// <summary>The part of a scan request that a block needs.</summary>
internal sealed record BlockQuery(
    Instant From, Instant To, Predicate Where, bool OldestFirst, RowId? After, FieldNeeds? Output = null)
{
    /// <summary>What the predicate looks at.</summary>
    public FieldNeeds Needs { get; } = FieldNeeds.Of(Where);

    public bool InRange(RowId id) =>
        id.Time >= From && id.Time.IsBefore(To) && (After is not { } after || (OldestFirst ? id > after : id < after));
}

/// <summary>
/// A group of rows whose times are known to lie between two bounds: a piece of a memtable or a block of a segment.
/// </summary>
internal abstract class ScanBlock
{
    public abstract Instant MinTime { get; }

    public abstract Instant MaxTime { get; }

    public abstract int Rows { get; }

    /// <summary>The segment it belongs to, or null for memory.</summary>
    public virtual object? Segment => null;

    /// <summary>Rows per minute and severity family; null when they would have to be counted first.</summary>
    public virtual IReadOnlyList<MinuteCount>? Counts => null;

    /// <summary>False only when no row of the block can match. Reads no rows.</summary>
    public virtual bool MayMatch(BlockQuery query) => true;

    /// <summary>
    /// Finds the matching rows. Throws <see cref="InvalidDataException"/> or <see cref="IOException"/> when unreadable.
    /// </summary>
    public abstract BlockMatches Open(BlockQuery query);

    /// <summary>The same error; it then says where it has come from.</summary>
    public virtual Exception Locate(Exception error) => error;

    /// <summary>False when rows have to be looked at to count the values of the field.</summary>
    public virtual bool TryCountKeys(ScanRequest request, FieldPath field, KeyCounts into) => false;
}

/// <summary>The matching rows of one block in the order of the scan, and a position among them. One thread.</summary>
internal abstract class BlockMatches : IDisposable
{
    public abstract int Count { get; }

    public abstract RowId Id { get; }

    /// <summary>So far: columns are read as they are looked at.</summary>
    public abstract long BytesRead { get; }

    /// <summary>
    /// Why some of what was asked for so far could not be read, so that rows lack fields or are missing; null when all could.
    /// </summary>
    public virtual Exception? Damage => null;

    /// <summary>The current row. Valid until the next call of any member.</summary>
    public abstract EventRow Current { get; }

    public abstract bool Advance();

    /// <summary>Reads what <see cref="Current"/> needs, on whatever thread has time for it before the first row is asked for.</summary>
    public virtual void Load()
    {
    }

    /// <summary>Counts all rows per step and severity family; the position moves.</summary>
    /// <param name="step">Nanoseconds; steps begin at multiples of it.</param>
    /// <param name="visit">May be called several times for a step.</param>
    public virtual void CountRows(long step, CountVisitor visit)
    {
        for (int i = 0; i < Count; i++, Advance())
            visit(Id.Time, Severity.Family(Current.Severity), 1);
    }

    /// <summary>Fills <paramref name="into"/> with columns of all rows; the position moves.</summary>
    public virtual void Read(ColumnRequest request, ColumnRows into)
    {
        into.Start(Count, request);
        for (int i = 0; i < Count; i++, Advance())
        {
            EventRow row = Current;
            for (int key = 0; key < request.Keys.Count; key++)
                into.KeysOf(key)[i] = KeyOf(request.Keys[key], row, into.Tables[key]);
            for (int value = 0; value < request.Values.Count; value++)
            {
                if (request.Values[value].TryGet(row, out FieldValue of))
                    into.Values(value).Set(i, of);
            }
            if (request.Times || request.Sequences)
                into.TimesOf[i] = Id.Time.UnixNanos;
            if (request.Sequences)
                into.SequencesOf[i] = (long)Id.Sequence;
            if (request.Severities)
                into.SeveritiesOf[i] = row.Severity;
        }
        for (int value = 0; value < request.Values.Count; value++)
            into.Values(value).Finish();
    }

    private static int KeyOf(KeyColumn key, in EventRow row, KeyTable table)
    {
        if (!key.Path.TryGet(row, out FieldValue value))
            return KeyTable.Missing;
        if (key.Shape is null)
            return table.Of(value.Encoded);
        return value.Kind == ValueKind.Null ? KeyTable.Missing : table.OfText(key.Shape.Of(value.ToString()));
    }

    public virtual void Dispose()
    {
    }
}

/// <summary>Matches that are gathered one by one, then sorted.</summary>
internal abstract class ListedMatches(long bytesRead) : BlockMatches
{
    private readonly List<(RowId Id, int Place)> _found = [];
    private int _at;

    public override long BytesRead => bytesRead;

    public override int Count => _found.Count;

    public override RowId Id => _found[_at].Id;

    public override EventRow Current => Row(_found[_at].Place);

    public override bool Advance() => ++_at < _found.Count;

    public void Sort(bool oldestFirst)
    {
        if (oldestFirst)
            _found.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        else
            _found.Sort(static (a, b) => b.Id.CompareTo(a.Id));
    }

    protected void Add(RowId id, int place) => _found.Add((id, place));

    protected abstract EventRow Row(int place);
}
