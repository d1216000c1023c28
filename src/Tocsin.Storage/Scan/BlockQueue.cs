namespace Tocsin.Storage.Scan;

/// <summary>
/// Opens blocks one after the other. From the second on, the next ones are opened on other processors while the caller is busy with
/// this one; a scan that is content with the first block costs no other. One thread; owns what it opened until it is taken.
/// </summary>
internal sealed class BlockQueue(List<ScanBlock> blocks, BlockQuery query, CancellationToken cancel) : IDisposable
{
    private static readonly int s_ahead = Math.Clamp(Environment.ProcessorCount, 1, 8);

    private readonly Queue<Task<OpenedBlock>> _opening = [];
    private int _started;
    private int _taken;

    /// <summary>The block that <see cref="Take"/> gives next; null at the end.</summary>
    public ScanBlock? Next => _taken < blocks.Count ? blocks[_taken] : null;

    /// <summary>The next block, opened. What could not be read is part of the answer. Throws when cancelled.</summary>
    public OpenedBlock Take()
    {
        cancel.ThrowIfCancellationRequested();
        if (_taken++ == 0)
        {
            _started = 1;
            return Open(blocks[0]);
        }
        while (_started < blocks.Count && _opening.Count < s_ahead)
        {
            ScanBlock block = blocks[_started++];
            _opening.Enqueue(Task.Run(() => Open(block)));
        }
        return _opening.Dequeue().GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        while (_opening.TryDequeue(out Task<OpenedBlock>? opening))
            opening.GetAwaiter().GetResult().Matches?.Dispose();
    }

    private OpenedBlock Open(ScanBlock block)
    {
        try
        {
            return !cancel.IsCancellationRequested && block.MayMatch(query)
                ? new OpenedBlock(block, block.Open(query), null) : new OpenedBlock(block, null, null);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            return new OpenedBlock(block, null, error);
        }
    }
}

/// <param name="Block">Which.</param>
/// <param name="Matches">Null when nothing can match, or when it could not be read.</param>
/// <param name="Error">Why it could not.</param>
internal readonly record struct OpenedBlock(ScanBlock Block, BlockMatches? Matches, Exception? Error);
