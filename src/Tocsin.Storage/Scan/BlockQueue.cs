namespace Tocsin.Storage.Scan;

/// <summary>
/// Opens blocks one after the other. From the second on, the next ones are opened on other processors while the caller is busy with
/// this one; a scan that is content with the first block costs no other. One thread; owns what it opened until it is taken.
/// </summary>
internal sealed class BlockQueue(List<ScanBlock> blocks, BlockQuery query, CancellationToken cancel) : IDisposable
{
    /// <summary>Matches of a block that are wanted all, most likely.</summary>
    private const int FewMatches = 32;

    private static readonly int s_ahead = Math.Clamp(2 * Environment.ProcessorCount, 2, 8);

    private readonly Queue<Task<OpenedBlock>> _opening = [];
    private int _started, _busy;
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
            return MayMatch(blocks[0], out OpenedBlock not) ? Open(blocks[0]) : not;
        }
        while (_started < blocks.Count && _busy < s_ahead)
        {
            cancel.ThrowIfCancellationRequested();
            Start(blocks[_started++]);
        }
        OpenedBlock opened = _opening.Dequeue().GetAwaiter().GetResult();
        _busy -= opened.Opened ? 1 : 0;
        return opened;
    }

    public void Dispose()
    {
        while (_opening.TryDequeue(out Task<OpenedBlock>? opening))
            opening.GetAwaiter().GetResult().Matches?.Dispose();
    }

    /// <summary>A block that cannot match, as its summary says, is worth no thread.</summary>
    private void Start(ScanBlock block)
    {
        if (!MayMatch(block, out OpenedBlock not))
        {
            _opening.Enqueue(Task.FromResult(not));
            return;
        }
        _busy++;
        _opening.Enqueue(Task.Run(() => OpenAhead(block)));
    }

    private bool MayMatch(ScanBlock block, out OpenedBlock not)
    {
        not = new OpenedBlock(block, null, null);
        try
        {
            return block.MayMatch(query);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            not = not with { Error = error };
            return false;
        }
    }

    /// <summary>When a word is rare, reading the columns of its few rows is most of the work: it is done beforehand, too.</summary>
    private OpenedBlock OpenAhead(ScanBlock block)
    {
        OpenedBlock opened = Open(block);
        try
        {
            if (opened.Matches is { Count: > 0 and <= FewMatches } few)
                few.Load();
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            // Whoever asks for a row is told.
        }
        return opened;
    }

    private OpenedBlock Open(ScanBlock block)
    {
        try
        {
            return new OpenedBlock(block, cancel.IsCancellationRequested ? null : block.Open(query), null, true);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            return new OpenedBlock(block, null, error, true);
        }
    }
}

/// <param name="Block">Which.</param>
/// <param name="Matches">Null when nothing can match, or when it could not be read.</param>
/// <param name="Error">Why it could not.</param>
/// <param name="Opened">It was worth opening.</param>
internal readonly record struct OpenedBlock(ScanBlock Block, BlockMatches? Matches, Exception? Error, bool Opened = false);
