using System.Buffers.Binary;
using System.Text;
using TocsinSdk.BlackBox;

namespace TocsinSdk.Logging.Files;

/// <summary>
/// Lines on their way from the logging threads to the writer. The memory is a mapped file where there is a disk, so what
/// the writer had not come to survives the process, whatever kills it (docs/formats/log-ring.md). Many producers, one
/// consumer; a producer holds the lock for one copy.
/// </summary>
internal sealed unsafe class LogRing
{
    public const int HeaderSize = 4096, MaxFiles = 8, RecordHeader = 8;

    private const int CapacityAt = 12, ReadAt = 64, WriteAt = 128, FilesAt = 256, FileSlot = 480, MaxPath = 460;
    private const uint Wrap = uint.MaxValue;

    private readonly byte* _memory;
    private readonly Lock _writing = new();
    private long _write;

    // memory: zeroed, HeaderSize + capacity bytes, never released; capacity a multiple of 8.
    public LogRing(byte* memory, int capacity)
    {
        _memory = memory;
        Capacity = capacity;
        BinaryPrimitives.WriteInt32LittleEndian(Header[8..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(Header[CapacityAt..], capacity);
        Magic.CopyTo(Header);
    }

    private LogRing(byte* memory)
    {
        _memory = memory;
        Capacity = *(int*)(memory + CapacityAt);
        _write = Volatile.Read(ref *(long*)(memory + WriteAt));
    }

    public static ReadOnlySpan<byte> Magic => "TOCSINLR"u8;

    public int Capacity { get; }

    /// <summary>Bytes waiting.</summary>
    public long Used => Volatile.Read(ref *(long*)(_memory + WriteAt)) - Read;

    private Span<byte> Header => new(_memory, HeaderSize);

    private long Read => Volatile.Read(ref *(long*)(_memory + ReadAt));

    /// <summary>In a mapped file that is not there yet; in plain memory when the path is null or its disk has no room.</summary>
    public static LogRing Make(string? path, int capacity)
    {
        capacity = (capacity + 7) & ~7;
        try
        {
            if (path is not null)
                return new LogRing(BlackBoxMemory.Map(path, HeaderSize + capacity), capacity);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the last milliseconds of lines die with the process.
        }
        return new LogRing(BlackBoxMemory.Allocate(HeaderSize + capacity), capacity);
    }

    /// <summary>What a dead process left; null when the bytes, which stay pinned by the caller, are no ring.</summary>
    public static LogRing? Of(byte* memory, long length)
    {
        if (length < HeaderSize || !new Span<byte>(memory, 8).SequenceEqual(Magic))
            return null;
        var ring = new LogRing(memory);
        return ring.Capacity > 0 && ring.Capacity % 8 == 0 && length >= HeaderSize + (long)ring.Capacity
            && ring.Used >= 0 && ring.Used <= ring.Capacity && ring.Read >= 0 ? ring : null;
    }

    /// <param name="line">At most an eighth of the capacity.</param>
    /// <param name="files">One bit per file.</param>
    /// <param name="level">Kept with the line.</param>
    /// <param name="limit">Bytes that may be in use afterwards.</param>
    /// <param name="used">Bytes that are in use afterwards, or would be.</param>
    public bool TryWrite(ReadOnlySpan<byte> line, byte files, byte level, long limit, out long used)
    {
        var size = RecordHeader + ((line.Length + 7) & ~7);
        lock (_writing)
        {
            var offset = (int)(_write % Capacity);
            var skipped = Capacity - offset < size ? Capacity - offset : 0;
            used = _write - Read + skipped + size;
            if (used > limit)
                return false;
            if (skipped > 0)
            {
                *(uint*)(_memory + HeaderSize + offset) = Wrap;
                offset = 0;
            }
            var at = _memory + HeaderSize + offset;
            *(uint*)at = (uint)line.Length;
            *(uint*)(at + 4) = (uint)(files | level << 8);
            line.CopyTo(new Span<byte>(at + RecordHeader, line.Length));
            _write += skipped + size;
            Volatile.Write(ref *(long*)(_memory + WriteAt), _write);
            return true;
        }
    }

    /// <summary>
    /// The line at the position, which moves behind it; false at the end. Consumer only; starts at <see cref="First"/>.
    /// </summary>
    public bool Next(ref long position, out ReadOnlySpan<byte> line, out byte files)
    {
        line = default;
        files = 0;
        var end = Volatile.Read(ref *(long*)(_memory + WriteAt));
        if (position >= end)
            return false;
        var at = _memory + HeaderSize + position % Capacity;
        if (*(uint*)at == Wrap)
        {
            position += Capacity - position % Capacity;
            at = _memory + HeaderSize;
        }
        var length = *(uint*)at;
        if (position >= end || length > Capacity - RecordHeader - position % Capacity)
            return false;
        line = new ReadOnlySpan<byte>(at + RecordHeader, (int)length);
        files = at[4];
        position += RecordHeader + ((length + 7) & ~7u);
        return true;
    }

    public long First => Read;

    /// <summary>Everything before the position is in the files. Consumer only.</summary>
    public void Done(long position)
    {
        Volatile.Write(ref *(long*)(_memory + ReadAt), position);
        if (position % Capacity < 64 << 10)
            return;
        // Back to the beginning while nothing waits: few pages are then touched, again and again.
        lock (_writing)
        {
            if (_write != position)
                return;
            _write = position + Capacity - position % Capacity;
            Volatile.Write(ref *(long*)(_memory + ReadAt), _write);
            Volatile.Write(ref *(long*)(_memory + WriteAt), _write);
        }
    }

    /// <summary>Notes how long a file is, so that nothing is written twice should the process die before Done.</summary>
    public void Describe(int file, string name, long length)
    {
        var slot = Header.Slice(FilesAt + file * FileSlot, FileSlot);
        var size = Math.Min(Encoding.UTF8.GetByteCount(name), MaxPath + 1);
        if (size <= MaxPath)
            Encoding.UTF8.GetBytes(name, slot[16..]);
        BinaryPrimitives.WriteInt32LittleEndian(slot[8..], size <= MaxPath ? size : 0);
        NoteLength(file, length);
    }

    public void NoteLength(int file, long length) =>
        Volatile.Write(ref *(long*)(_memory + FilesAt + file * FileSlot), length);

    /// <summary>Null when the file was never opened.</summary>
    public (string Name, long Length)? FileOf(int file)
    {
        var slot = Header.Slice(FilesAt + file * FileSlot, FileSlot);
        var size = BinaryPrimitives.ReadInt32LittleEndian(slot[8..]);
        return size is > 0 and <= MaxPath
            ? (Encoding.UTF8.GetString(slot.Slice(16, size)), BinaryPrimitives.ReadInt64LittleEndian(slot)) : null;
    }
}
