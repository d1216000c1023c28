using System.Runtime.ExceptionServices;

namespace Tocsin.Storage.Scan;

/// <summary>
/// Reads blocks on several threads. Each share has every n-th block, reads one after the other and belongs to one thread; which blocks
/// it has depends on nothing but their number and that of the processors.
/// </summary>
internal sealed class BlockShares(BlockQuery query, long mostRows, Action<Exception> badBlock, CancellationToken cancel)
{
    /// <summary>More keep more memory without being much faster.</summary>
    private static readonly int s_most = Math.Clamp(Environment.ProcessorCount, 1, 8);

    private readonly Lock _lock = new();
    private volatile bool _failed;
    private long _rows;

    /// <param name="blocks">Those that may hold rows.</param>
    /// <param name="segments">How many segments the dataset has.</param>
    /// <param name="start">Makes what a share gathers; called in order, before anything is read.</param>
    /// <param name="read">Reads matches, of which there is at least one, and says what to do when all of them could be read.</param>
    /// <param name="combine">Takes the shares in order once all are done.</param>
    public ScanReport Run<T>(
        List<ScanBlock> blocks, int segments, Func<T> start, Func<T, BlockMatches, Action> read, Action<T> combine)
    {
        var shares = new Share<T>[Math.Clamp(blocks.Count, 1, s_most)];
        for (int i = 0; i < shares.Length; i++)
            shares[i] = new Share<T>(start());
        int next = -1;
        void Work()
        {
            for (int i = Interlocked.Increment(ref next); i < shares.Length; i = Interlocked.Increment(ref next))
                Fill(shares[i], blocks, i, shares.Length, read);
        }
        for (int i = 1; i < shares.Length; i++)
            _ = Task.Run(Work, CancellationToken.None);
        Work();
        foreach (Share<T> share in shares)
            share.Done.Wait(CancellationToken.None);
        foreach (Share<T> share in shares)
            share.Error?.Throw();
        cancel.ThrowIfCancellationRequested();
        foreach (Share<T> share in shares)
            combine(share.Gathered);
        int scanned = shares.SelectMany(s => s.Segments).Distinct().Count(), bad = shares.Sum(s => s.BadBlocks);
        return new ScanReport(shares.Sum(s => s.Rows), shares.Sum(s => s.Bytes), scanned, segments - scanned, bad, bad > 0);
    }

    private void Fill<T>(Share<T> share, List<ScanBlock> blocks, int first, int step, Func<T, BlockMatches, Action> read)
    {
        try
        {
            for (int i = first; i < blocks.Count && !_failed && !cancel.IsCancellationRequested; i += step)
                Read(share, blocks[i], read);
        }
        catch (Exception error)
        {
            // It is thrown again where the shares are combined; the others need not go on.
            share.Error = ExceptionDispatchInfo.Capture(error);
            _failed = true;
        }
        finally
        {
            share.Done.Set();
        }
    }

    private void Read<T>(Share<T> share, ScanBlock block, Func<T, BlockMatches, Action> read)
    {
        Action take;
        try
        {
            if (!block.MayMatch(query))
                return;
            using BlockMatches matches = block.Open(query);
            if (block.Segment is { } segment)
                share.Segments.Add(segment);
            share.Rows += block.Rows;
            if (Interlocked.Add(ref _rows, block.Rows) > mostRows)
                throw new TooManyRowsException(mostRows);
            try
            {
                take = matches.Count == 0 ? static () => { } : read(share.Gathered, matches);
                // Told once: here, or below when reading ended at it.
                if (matches.Damage is { } damage)
                    Damaged(share, block.Locate(damage));
            }
            finally
            {
                share.Bytes += matches.BytesRead;
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            Damaged(share, block.Locate(error));
            return;
        }
        take();
    }

    private void Damaged<T>(Share<T> share, Exception error)
    {
        share.BadBlocks++;
        lock (_lock)
            badBlock(error);
    }

    private sealed class Share<T>(T gathered)
    {
        public T Gathered => gathered;
        public HashSet<object> Segments { get; } = [];
        public ManualResetEventSlim Done { get; } = new();
        public ExceptionDispatchInfo? Error { get; set; }
        public long Rows { get; set; }
        public long Bytes { get; set; }
        public int BadBlocks { get; set; }
    }
}
