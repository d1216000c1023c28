using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// The stored bytes of one column for one reader: all of them, or read from the file piece by piece as they are asked for, and as a
/// whole once the pieces become many. Pieces are not checked: somebody has compared the whole with its checksum before. One thread;
/// disposed with its column.
/// </summary>
internal sealed class ColumnBytes : IDisposable
{
    private const int Page = 4096;

    private readonly SegmentFile? _file;
    private readonly long _offset;
    private byte[] _piece = [], _joined = [];
    private int _from, _to;
    private long _asked;

    public ColumnBytes(byte[] all)
    {
        _piece = all;
        Length = _to = all.Length;
    }

    public ColumnBytes(SegmentFile file, long offset, int length)
    {
        (_file, _offset, Length) = (file, offset, length);
    }

    public int Length { get; }

    public long BytesRead { get; private set; }

    /// <summary>Valid until the next call. Throws <see cref="InvalidDataException"/> when the column has no such place.</summary>
    public ReadOnlySpan<byte> At(int from, int count)
    {
        if (from < _from || count < 0 || (long)from + count > _to)
            Load(from, count);
        return _piece.AsSpan(from - _from, count);
    }

    /// <summary>Both, one after the other. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        int length = head.Length + rest.Length;
        if (_joined.Length < length)
            _joined = new byte[length];
        head.CopyTo(_joined);
        rest.CopyTo(_joined.AsSpan(head.Length));
        return _joined.AsSpan(0, length);
    }

    /// <summary>As <see cref="At"/>, in the array that holds it.</summary>
    public ArraySegment<byte> Part(int from, int count)
    {
        At(from, count);
        return new ArraySegment<byte>(_piece, from - _from, count);
    }

    /// <summary>As <see cref="At"/>, the first byte; the count is not negative, and small enough to be added to the place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte First(int from, int count)
    {
        if (from < _from || from + count > _to)
            Load(from, count);
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_piece), from - _from);
    }

    /// <summary>Reads everything and compares it with the checksum.</summary>
    public bool IsSound(uint crc) => Crc32C.Of(At(0, Length)) == crc;

    public void Dispose()
    {
        if (_file is not null && _piece.Length > 0)
            ArrayPool<byte>.Shared.Return(_piece);
        (_piece, _from, _to) = ([], 0, 0);
    }

    private void Load(int from, int count)
    {
        if (_file is null || from < 0 || count < 0 || (long)from + count > Length)
            throw new InvalidDataException("a column is shorter than it claims");
        // A call costs about what two pages do.
        _asked += count + 2 * Page;
        int start = from / Page * Page, end = (int)Math.Min(Length, ((long)from + count + Page - 1) / Page * Page);
        if (_asked >= Length)
            (start, end) = (0, Length);
        if (_piece.Length < end - start)
        {
            Dispose();
            _piece = ArrayPool<byte>.Shared.Rent(end - start);
        }
        (_from, _to) = (0, 0);
        _file.Read(_offset + start, _piece.AsSpan(0, end - start));
        BytesRead += end - start;
        (_from, _to) = (start, end);
    }
}
