using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Records;

/// <summary>The first records of an order behind a place. Sorted by time alone it is full as soon as it has enough.</summary>
internal sealed class RecordPage
{
    /// <summary>More than is wanted is kept until it pays to sort some out.</summary>
    private const int Slack = 1000;

    private readonly IReadOnlyList<RecordOrder> _order;
    private readonly RecordPlace? _after;
    private readonly int _wanted;
    private readonly MemoryBudget _budget;
    private readonly List<Entry> _rows = [];
    private readonly Cell[] _keys;

    /// <summary>The last record of a full page: what stands behind it need not be copied.</summary>
    private Entry? _last;

    public RecordPage(IReadOnlyList<RecordOrder> order, RecordPlace? after, int wanted, MemoryBudget budget)
    {
        (_order, _wanted, _budget) = (order, wanted, budget);
        _keys = new Cell[order.Count];
        OldestFirst = order is [{ Field.IsRecordTime: true, Descending: false }, ..];
        _after = after is { Id: { } id } ? after with { Keys = Exact(after.Keys, id) } : after;
    }

    public bool OldestFirst { get; }

    /// <summary>The order is that of a scan.</summary>
    private bool InScanOrder => _order.Count == 0 || _order is [{ Field.IsRecordTime: true }];

    /// <summary>Lets the scan begin behind the place where it can.</summary>
    public ScanRequest Narrow(ScanRequest request)
    {
        request = request with { OldestFirst = OldestFirst };
        if (!InScanOrder || _after is null)
            return request;
        if (_after.Id is not null)
            return request with { After = _after.Id };
        if (_after.Keys is not [{ Kind: CellKind.Time } time])
            return request;
        if (!OldestFirst)
            return request with { To = Min(request.To, new Instant(time.AsInt)) };
        var next = new Instant(time.AsInt + Millisecond);
        return request with { From = next > request.From ? next : request.From };
    }

    /// <summary>False when nothing further can belong to the page.</summary>
    public bool Add(in EventRow row, RowId id)
    {
        for (int i = 0; i < _keys.Length; i++)
            _keys[i] = _order[i].Field.Get(row, id);
        if (_after is not null && !IsBehind(_after, id))
            return true;
        if (_last is not null && Compare(_keys, id, _last.Keys, _last.Row.Id) > 0)
            return true;
        long bytes = 64 + 24 * _keys.Length;
        foreach (Cell key in _keys)
            bytes += key.HeapBytes;
        var kept = new KeptRow(new PipeRow(row, id, Overlay.Empty));
        bytes += kept.Bytes;
        RecordSearch.Charge(_budget, bytes);
        _rows.Add(new Entry([.. _keys], kept, bytes));
        if (InScanOrder)
            return _rows.Count < _wanted;
        if (_rows.Count >= 2L * _wanted + Slack)
            Cut();
        return true;
    }

    public void Show(int skip, FoundRecord show)
    {
        Cut();
        foreach (Entry entry in _rows.Skip(skip))
            show(entry.Row.Row.Event, entry.Row.Id, entry.Keys);
    }

    private const long Millisecond = 1_000_000;

    private static Instant Min(Instant a, Instant b) => a < b ? a : b;

    private void Cut()
    {
        _rows.Sort((a, b) => Compare(a.Keys, a.Row.Id, b.Keys, b.Row.Id));
        for (int i = _wanted; i < _rows.Count; i++)
            _budget.Give(_rows[i].Bytes);
        if (_rows.Count > _wanted)
            _rows.RemoveRange(_wanted, _rows.Count - _wanted);
        if (_rows.Count == _wanted)
            _last = _rows[^1];
    }

    private bool IsBehind(RecordPlace place, RowId id)
    {
        if (place.Id is { } at)
            return Compare(_keys, id, place.Keys, at) > 0;
        for (int i = 0; i < _order.Count; i++)
        {
            // A place that names no record gives times in milliseconds.
            Cell key = _keys[i].Kind == CellKind.Time
                ? Cell.Of(Instant.FromMilliseconds(new Instant(_keys[i].AsInt).UnixMilliseconds))
                : _keys[i];
            int order = _order[i].Compare(key, place.Keys[i]);
            if (order != 0)
                return order > 0;
        }
        return false;
    }

    private int Compare(IReadOnlyList<Cell> a, RowId idA, IReadOnlyList<Cell> b, RowId idB)
    {
        for (int i = 0; i < _order.Count; i++)
        {
            int order = _order[i].Compare(a[i], b[i]);
            if (order != 0)
                return order;
        }
        return OldestFirst ? idA.CompareTo(idB) : idB.CompareTo(idA);
    }

    /// <summary>The record's own time in place of the milliseconds that a client has seen.</summary>
    private Cell[] Exact(IReadOnlyList<Cell> keys, RowId id) =>
        [.. keys.Select((key, i) => _order[i].Field.IsRecordTime ? Cell.Of(id.Time) : key)];

    private sealed record Entry(Cell[] Keys, KeptRow Row, long Bytes);
}
