using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>
/// Merges the matches of many blocks into one ordered stream, or hands them on one block after the other. A block is opened
/// only when its time bound says that it may hold the next row, so a scan that stops early never reads the rest. One thread.
/// </summary>
internal sealed class Scanner(ScanRequest request, Action<Exception> badBlock, CancellationToken cancel)
{
    private readonly BlockQuery _query =
        new(request.From, request.To, request.Where, request.OldestFirst, request.After, OutputOf(request.Fields));

    private readonly HashSet<object> _segments = [], _damaged = [];
    private readonly Dictionary<BlockMatches, ScanBlock> _blockOf = [];
    private long _rows, _bytes;
    private int _badBlocks;

    /// <param name="blocks">Sorted here.</param>
    /// <param name="segments">How many segments the dataset has.</param>
    /// <param name="visit">Receives row after row.</param>
    public ScanReport Run(List<ScanBlock> blocks, int segments, RowVisitor visit)
    {
        if (!request.AnyOrder)
        {
            RunOrdered(blocks, visit);
            return Report(segments);
        }
        using var queue = new BlockQueue(blocks, _query, cancel);
        while (queue.Next is not null)
        {
            if (Take(queue) is { } matches && !VisitAll(matches, visit))
                break;
        }
        return Report(segments);
    }

    /// <summary>False when the visitor has enough.</summary>
    private bool VisitAll(BlockMatches matches, RowVisitor visit)
    {
        try
        {
            do
            {
                if (TryRead(matches, out EventRow row) && !visit(row, matches.Id))
                    return false;
            }
            while (matches.Advance());
            return true;
        }
        finally
        {
            Close(matches);
        }
    }

    private void RunOrdered(List<ScanBlock> blocks, RowVisitor visit)
    {
        bool oldestFirst = request.OldestFirst;
        blocks.Sort(oldestFirst
            ? static (a, b) => a.MinTime.CompareTo(b.MinTime)
            : static (a, b) => b.MaxTime.CompareTo(a.MaxTime));
        using var queue = new BlockQueue(blocks, _query, cancel);
        var open = new PriorityQueue<BlockMatches, RowId>(
            Comparer<RowId>.Create(oldestFirst ? static (a, b) => a.CompareTo(b) : static (a, b) => b.CompareTo(a)));
        try
        {
            while (true)
            {
                while (queue.Next is { } next && (open.Count == 0 || MayComeFirst(next, open.Peek().Id.Time)))
                {
                    if (Take(queue) is { } matches)
                        open.Enqueue(matches, matches.Id);
                }
                if (open.Count == 0)
                    return;
                BlockMatches first = open.Peek();
                if (TryRead(first, out EventRow row) && !visit(row, first.Id))
                    return;
                if (first.Advance())
                    open.DequeueEnqueue(first, first.Id);
                else
                    Close(open.Dequeue());
            }
        }
        finally
        {
            while (open.TryDequeue(out BlockMatches? rest, out _))
                Close(rest);
        }
    }

    private void Close(BlockMatches matches)
    {
        if (matches.Damage is { } error)
            Damaged(matches, error);
        _bytes += matches.BytesRead;
        _blockOf.Remove(matches);
        matches.Dispose();
    }

    public static FieldNeeds? OutputOf(IReadOnlyList<FieldPath>? fields)
    {
        if (fields is null)
            return null;
        // Ids are no fields; whoever limits the fields still gets them.
        var needs = new FieldNeeds { TraceId = true, SpanId = true };
        foreach (FieldPath field in fields)
            field.AddTo(needs);
        return needs;
    }

    private bool MayComeFirst(ScanBlock block, Instant top) =>
        request.OldestFirst ? block.MinTime <= top : block.MaxTime >= top;

    /// <summary>Null when nothing matches or the block is bad.</summary>
    private BlockMatches? Take(BlockQueue queue)
    {
        OpenedBlock opened = queue.Take();
        if (opened.Error is { } error)
            Damaged(opened.Block.Locate(error));
        if (opened.Matches is not { } matches)
            return null;
        if (opened.Block.Segment is { } segment)
            _segments.Add(segment);
        _blockOf.Add(matches, opened.Block);
        _rows += opened.Block.Rows;
        if (_rows > request.MostRows)
        {
            Close(matches);
            throw new TooManyRowsException(request.MostRows);
        }
        if (matches.Count > 0)
            return matches;
        Close(matches);
        return null;
    }

    /// <summary>False for a row that cannot be put together: columns are read as they are looked at, so damage may show late.</summary>
    private bool TryRead(BlockMatches matches, out EventRow row)
    {
        try
        {
            row = matches.Current;
            return true;
        }
        catch (Exception error) when (IsDamage(error))
        {
            Damaged(matches, error);
            row = default;
            return false;
        }
    }

    private static bool IsDamage(Exception error) => error is IOException or InvalidDataException;

    /// <summary>A block counts once, however many of its columns are damaged.</summary>
    private void Damaged(BlockMatches matches, Exception error)
    {
        if (_damaged.Add(matches))
            Damaged(_blockOf[matches].Locate(error));
    }

    private void Damaged(Exception error)
    {
        _badBlocks++;
        badBlock(error);
    }

    private ScanReport Report(int segments) =>
        new(_rows, _bytes, _segments.Count, segments - _segments.Count, _badBlocks, _badBlocks > 0);
}
