using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using TocsinSdk.Runs;

namespace TocsinSdk.Transport;

/// <summary>
/// A piece of the queue: a mapped file, or plain memory. What has been stored into a mapped file outlives the process
/// without a system call. Guarded by the lock of the <see cref="SendQueue"/>; but what lies below <see cref="Used"/> is
/// never changed again, and may be read without it up to <see cref="Readable"/> while <see cref="Leased"/>.
/// </summary>
internal sealed unsafe class Segment
{
    private MemoryMappedViewAccessor? _view;
    private byte* _memory;

    private Segment(string? path, int capacity, MemoryMappedViewAccessor? view, byte* memory)
    {
        (Path, Capacity, _view) = (path, capacity, view);
        _memory = memory;
    }

    /// <summary>Null when it is plain memory.</summary>
    public string? Path { get; }
    public int Capacity { get; }
    public SegmentHead Head { get; private set; }

    /// <summary>Where the next frame goes.</summary>
    public int Used { get; private set; }

    /// <summary>Where what has not been delivered begins.</summary>
    public int Sent { get; private set; }

    /// <summary>Items in frames not delivered yet.</summary>
    public long Waiting { get; private set; }

    /// <summary>No frame will be added.</summary>
    public bool Sealed { get; set; }

    /// <summary>The sender is reading it; it must stay.</summary>
    public bool Leased { get; private set; }

    /// <summary>The end of what the sender may read: <see cref="Used"/> when it was leased.</summary>
    public int Readable { get; private set; }

    /// <summary>When the first frame that has not been delivered came.</summary>
    public DateTimeOffset Since { get; set; }

    public bool IsMapped => _memory is not null;

    public bool IsSent => Sent >= Used;

    /// <summary>The folder of a dead process it came from; null when it is this process's own.</summary>
    public AdoptedFolder? Origin { get; init; }

    public ReadOnlySpan<byte> Bytes => new(_memory, Readable);

    public ReadOnlySpan<byte> Resource => Bytes.Slice(SegmentFormat.HeadSize, Head.ResourceLength);

    /// <exception cref="IOException">No file can be made, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">No file can be made.</exception>
    public static Segment InFile(string path, int capacity)
    {
        var file = new FileStream(path, RunFolder.PrivateFile(FileMode.CreateNew, FileAccess.ReadWrite));
        try
        {
            // Real zeros, not a hole: a store into a hole on a full disk is a SIGBUS.
            for (var left = capacity; left > 0; left -= s_zeros.Length)
                file.Write(s_zeros, 0, Math.Min(left, s_zeros.Length));
            var view = Map(file, capacity, out var memory);
            return new Segment(path, capacity, view, memory);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public static Segment? TryInMemory(int capacity)
    {
        try
        {
            return new Segment(null, capacity, null, (byte*)NativeMemory.AllocZeroed((nuint)capacity));
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>A file that a dead process left; null when it holds nothing to send.</summary>
    /// <exception cref="IOException">It cannot be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read now.</exception>
    public static Segment? Adopt(string path, AdoptedFolder origin, out int damaged)
    {
        damaged = 0;
        var length = new FileInfo(path).Length;
        if (length is < SegmentFormat.HeadSize or > MaxCapacity)
            return null;
        var segment = new Segment(path, (int)length, null, null) { Origin = origin, Sealed = true };
        if (!segment.TryMapAgain())
            throw new IOException("it cannot be mapped");
        var bytes = new ReadOnlySpan<byte>(segment._memory, segment.Capacity);
        if (SegmentFormat.TryReadHead(bytes, out var head))
        {
            (segment.Head, segment.Since) = (head, head.Created);
            segment.Sent = segment.Used = SegmentFormat.ReadSent(bytes, head);
            while (SegmentFormat.TryReadFrame(bytes, segment.Used, out var frame, ref damaged))
            {
                segment.Used = frame.End;
                segment.Waiting += frame.Items;
            }
        }
        segment.Unmap();
        return segment.Waiting > 0 ? segment : null;
    }

    /// <summary>Larger files are not the spool's.</summary>
    public const int MaxCapacity = 64 << 20;

    private static readonly byte[] s_zeros = new byte[64 << 10];

    public void Begin(Lane lane, DateTimeOffset now, ReadOnlySpan<byte> resource)
    {
        Head = new SegmentHead(lane, now, resource.Length);
        SegmentFormat.WriteHead(new Span<byte>(_memory, Capacity), Head, resource);
        (Used, Sent, Waiting, Sealed) = (Head.First, Head.First, 0, false);
    }

    public bool TryAppend(FrameKind kind, int items, ReadOnlySpan<byte> scope, ReadOnlySpan<byte> body)
    {
        var size = SegmentFormat.FrameSize(scope.Length, body.Length);
        if (size > Capacity - Used)
            return false;
        SegmentFormat.WriteFrame(new Span<byte>(_memory + Used, size), kind, items, scope, body);
        Used = Math.Min(Capacity, SegmentFormat.Aligned(Used + size));
        Waiting += items;
        return true;
    }

    public void Lease() => (Leased, Readable) = (true, Used);

    /// <summary>The sender no longer reads it, and everything below <paramref name="offset"/> is done with.</summary>
    public void Return(int offset, long items)
    {
        Leased = false;
        Sent = offset;
        Waiting -= items;
        if (IsMapped)
            SegmentFormat.WriteSent(new Span<byte>(_memory, Capacity), offset);
    }

    /// <summary>Makes it as new, to be used again.</summary>
    public void Clear()
    {
        var memory = new Span<byte>(_memory, Math.Min(Capacity, Used + SegmentFormat.FrameHead));
        // The head first: without it the rest is nothing.
        memory[..SegmentFormat.HeadSize].Clear();
        memory.Clear();
        (Used, Sent, Waiting, Sealed, Leased) = (0, 0, 0, false, false);
    }

    /// <summary>False when the file is gone.</summary>
    public bool TryMapAgain()
    {
        if (IsMapped)
            return true;
        try
        {
            var file = new FileStream(Path!, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            _view = Map(file, Capacity, out _memory);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A segment that waits long needs no memory.</summary>
    public void Unmap()
    {
        if (Path is null || !IsMapped)
            return;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _view = null;
        _memory = null;
    }

    public void Delete()
    {
        if (Path is null)
        {
            NativeMemory.Free(_memory);
            _memory = null;
            return;
        }
        Unmap();
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start finds it again.
        }
    }

    private static MemoryMappedViewAccessor Map(FileStream file, int capacity, out byte* memory)
    {
        using var map = MemoryMappedFile.CreateFromFile(
            file, null, capacity, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        var view = map.CreateViewAccessor(0, capacity);
        memory = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref memory);
        memory += view.PointerOffset;
        return view;
    }
}
