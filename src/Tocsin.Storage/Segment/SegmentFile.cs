using Tocsin.Model;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment;

/// <summary>
/// One immutable segment on disk: its footer is in memory, its blocks are read when a scan needs them. Any thread. The file
/// stays open from the first read on.
/// </summary>
internal sealed class SegmentFile : SharedPart
{
    private readonly IFileSystem _files;
    private readonly List<SegmentBlock> _blocks;
    private IFile? _file;
    private volatile bool _doomed;

    private SegmentFile(IFileSystem files, string path, SegmentFooter footer, long length, Action<Exception> onDamage, BlockCache cache)
    {
        _files = files;
        Cache = cache;
        Path = path;
        Footer = footer;
        Length = length;
        OnDamage = onDamage;
        _blocks = [.. footer.Blocks.Select(b => footer.Version == 1
            ? (SegmentBlock)new Version1.Block(this, b) : new ColumnBlock(this, b))];
        Rows = footer.Blocks.Sum(b => (long)b.Rows);
        RawBytes = footer.Blocks.Sum(b => (long)b.RawBytes);
    }

    public string Path { get; }
    public SegmentFooter Footer { get; }
    public ulong Id => Footer.Id;
    public long Length { get; }
    public long Rows { get; }
    public long RawBytes { get; }

    /// <summary>What readers of its blocks share.</summary>
    public BlockCache Cache { get; }

    /// <summary>Told of damage that costs no rows.</summary>
    public Action<Exception> OnDamage { get; }

    /// <summary>
    /// Throws <see cref="IOException"/> or <see cref="InvalidDataException"/> when there is no whole segment.
    /// </summary>
    /// <param name="files">Where it is.</param>
    /// <param name="path">Its name.</param>
    /// <param name="onDamage">Told of damage that costs no rows.</param>
    /// <param name="cache">Of the database; null keeps nothing.</param>
    public static SegmentFile Open(IFileSystem files, string path, Action<Exception> onDamage, BlockCache? cache = null)
    {
        using IFile file = files.OpenRead(path);
        cache ??= new BlockCache(0);
        SegmentFooter footer = SegmentFooter.Read(file);
        footer = footer with { Streams = [.. footer.Streams.Select(cache.Streams.Of)] };
        return new SegmentFile(files, path, footer, file.Length, onDamage, cache);
    }

    public void View(Instant from, Instant to, List<ScanBlock> into)
    {
        foreach (SegmentBlock block in _blocks)
        {
            if (block.MinTime.IsBefore(to) && block.MaxTime >= from)
                into.Add(block);
        }
    }

    public byte[] Read(long offset, int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>Fills the span.</summary>
    public void Read(long offset, Span<byte> into)
    {
        if (Opened().Read(offset, into) != into.Length)
            throw new InvalidDataException("the segment file is too short");
    }

    /// <summary>One byte, unchecked.</summary>
    public byte ReadByte(long offset)
    {
        Span<byte> one = stackalloc byte[1];
        return Opened().Read(offset, one) == 1 ? one[0] : throw new InvalidDataException("the segment file is too short");
    }

    private IFile Opened()
    {
        if (_file is { } open)
            return open;
        IFile file = _files.OpenRead(Path);
        if (Interlocked.CompareExchange(ref _file, file, null) is not { } other)
            return file;
        file.Dispose();
        return other;
    }

    /// <summary>The file goes when the last scan that may read it has ended. Call before the last release.</summary>
    public void Doom() => _doomed = true;

    protected override void Free()
    {
        _file?.Dispose();
        Cache.Drop(this);
        if (!_doomed)
            return;
        try
        {
            _files.Delete(Path);
            string folder = System.IO.Path.GetDirectoryName(Path)!;
            if (_files.Files(folder).Count == 0)
                _files.DeleteDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The manifest no longer lists it; the next open deletes it.
            OnDamage(error);
        }
    }
}
