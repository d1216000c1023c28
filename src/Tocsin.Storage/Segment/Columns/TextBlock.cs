using System.IO.Compression;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// Text inside a column, with Deflate where it saves. Layout: varint length, varint stored length, bytes; the two lengths are
/// equal when it is stored as it is.
/// </summary>
internal static class TextBlock
{
    /// <summary>Deflate cannot shrink further; a larger claim is damage.</summary>
    private const int MostDeflateSaves = 1100;

    /// <summary>Two varints.</summary>
    private const int MostHeadBytes = 20;

    public static void Write(ReadOnlySpan<byte> text, ByteBuffer into)
    {
        into.Varint((ulong)text.Length);
        ReadOnlySpan<byte> stored = TryDeflate(text, out ReadOnlySpan<byte> smaller) ? smaller : text;
        into.Blob(stored);
    }

    /// <summary>A copy of its own. Throws <see cref="InvalidDataException"/> when it is damaged.</summary>
    public static byte[] Read(ColumnBytes bytes, ref int at)
    {
        (int start, int stored, int length) = Find(bytes, ref at);
        ArraySegment<byte> part = bytes.Part(start, stored);
        return stored == length ? part.AsSpan().ToArray() : Inflate(part.Array!, part.Offset, stored, length);
    }

    /// <summary>Where the text lies; it is stored as it is when the two lengths are equal.</summary>
    public static (int Start, int Stored, int Length) Find(ColumnBytes bytes, ref int at)
    {
        ReadOnlySpan<byte> head = bytes.At(at, Math.Min(bytes.Length - at, MostHeadBytes));
        var reader = new ByteReader(head);
        int length = reader.Count(int.MaxValue);
        int stored = reader.Count(int.MaxValue);
        int start = at + head.Length - reader.Left;
        if (stored > bytes.Length - start)
            throw new InvalidDataException("a text reaches past its column");
        at = start + stored;
        return (start, stored, length);
    }

    public static byte[] Inflate(byte[] bytes, int start, int stored, int length)
    {
        if (length > (long)stored * MostDeflateSaves)
            throw new InvalidDataException("a column claims to be longer than it can be");
        byte[] raw = GC.AllocateUninitializedArray<byte>(length);
        using var inflate = new DeflateStream(
            new MemoryStream(bytes, start, stored, writable: false), CompressionMode.Decompress);
        return inflate.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false) == raw.Length
            ? raw
            : throw new InvalidDataException("a column is shorter than it claims");
    }

    /// <summary>True when at least an eighth is saved.</summary>
    public static bool TryDeflate(ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> deflated)
    {
        deflated = default;
        if (raw.Length < Limits.CompressFromBytes)
            return false;
        var target = new MemoryStream(raw.Length / 2);
        using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(raw);
        if (target.Length > raw.Length - raw.Length / 8)
            return false;
        deflated = target.GetBuffer().AsSpan(0, (int)target.Length);
        return true;
    }
}
