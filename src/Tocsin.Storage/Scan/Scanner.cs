using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>
/// Merges the matches of many blocks into one ordered stream. A block is opened only when its time bound says that it
/// may
/// hold the next row, so a scan that stops early never reads the rest.
/// </summary>
internal sealed class Scanner(ScanRequest request, RowVisitor visit, Action<Exception> badBlock,
    CancellationToken cancel)
{
    private readonly BlockQuery _query =
        new(request.From, request.To, request.Where, request.OldestFirst, request.After, OutputOf(request.Fields));

    private readonly HashSet<object> _segments = [];
    private long _rows, _bytes;
    private int _badBlocks;

    /// <param name="blocks">Sorted here.</param>
    /// <param name="segments">How many segments the dataset has.</param>
    public ScanReport Run(List<ScanBlock> blocks, int segments)
    {
        if (request.AnyOrder)
            RunUnordered(blocks);
        else
            RunOrdered(blocks);
        return Report(segments);
    }

    /// <summary>Block by block, in no order.</summary>
    /// <param name="blocks">Those that may hold rows.</param>
    /// <param name="segments">How many segments the dataset has.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="read">Reads one block; returns the bytes read.</param>
    /// <param name="badBlock">Told of blocks that cannot be read.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    public static ScanReport Run(
        List<ScanBlock> blocks, int segments, ScanRequest request, Func<ScanBlock, BlockQuery, long> read, Action<Exception> badBlock,
        CancellationToken cancel)
    {
        var scanner = new Scanner(request, static (in EventRow _, RowId _) => false, badBlock, cancel);
        foreach (ScanBlock block in blocks)
            scanner.Read(block, read);
        return scanner.Report(segments);
    }

    private void Read(ScanBlock block, Func<ScanBlock, BlockQuery, long> read)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            if (!block.MayMatch(_query))
                return;
            if (block.Segment is { } segment)
                _segments.Add(segment);
            _bytes += read(block, _query);
            _rows += block.Rows;
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            _badBlocks++;
            badBlock(error);
        }
    }

    private ScanReport Report(int segments) =>
        new(_rows, _bytes, _segments.Count, segments - _segments.Count, _badBlocks, _badBlocks > 0);

    private void RunUnordered(List<ScanBlock> blocks)
    {
        foreach (ScanBlock block in blocks)
        {
            using BlockMatches? matches = Open(block);
            if (matches is null || matches.Count == 0)
                continue;
            do
            {
                if (!visit(matches.Current, matches.Id))
                    return;
            }
            while (matches.Advance());
        }
    }

    private void RunOrdered(List<ScanBlock> blocks)
    {
        bool oldestFirst = request.OldestFirst;
        blocks.Sort(oldestFirst
            ? static (a, b) => a.MinTime.CompareTo(b.MinTime)
            : static (a, b) => b.MaxTime.CompareTo(a.MaxTime));
        var open = new PriorityQueue<BlockMatches, RowId>(
            Comparer<RowId>.Create(oldestFirst ? static (a, b) => a.CompareTo(b) : static (a, b) => b.CompareTo(a)));
        try
        {
            int next = 0;
            while (true)
            {
                while (next < blocks.Count && (open.Count == 0 || MayComeFirst(blocks[next], open.Peek().Id.Time)))
                {
                    if (Open(blocks[next++]) is { } matches)
                        open.Enqueue(matches, matches.Id);
                }
                if (open.Count == 0)
                    return;
                BlockMatches first = open.Peek();
                if (!visit(first.Current, first.Id))
                    return;
                if (first.Advance())
                    open.DequeueEnqueue(first, first.Id);
                else
                    open.Dequeue().Dispose();
            }
        }
        finally
        {
            while (open.TryDequeue(out BlockMatches? rest, out _))
                rest.Dispose();
        }
    }

    private static FieldNeeds? OutputOf(IReadOnlyList<FieldPath>? fields)
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
    private BlockMatches? Open(ScanBlock block)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            if (!block.MayMatch(_query))
                return null;
            if (block.Segment is { } segment)
                _segments.Add(segment);
            BlockMatches matches = block.Open(_query);
            _rows += block.Rows;
            _bytes += matches.BytesRead;
            if (matches.Count > 0)
                return matches;
            matches.Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            _badBlocks++;
            badBlock(error);
            return null;
        }
    }
}
