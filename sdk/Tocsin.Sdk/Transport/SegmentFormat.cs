using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace TocsinSdk.Transport;

/// <summary>What a frame holds.</summary>
internal enum FrameKind : byte
{
    /// <summary>The name of a logger, then the fields of one OTLP LogRecord.</summary>
    LogRecord = 1,
    /// <summary>A whole OTLP export request.</summary>
    Request = 2,
}

/// <summary>One frame of a segment, in place.</summary>
internal readonly ref struct Frame
{
    public FrameKind Kind { get; init; }
    public int Items { get; init; }
    public ReadOnlySpan<byte> Scope { get; init; }
    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>Where the next frame begins.</summary>
    public int End { get; init; }
}

/// <summary>The constant head of a segment.</summary>
internal readonly record struct SegmentHead(Lane Lane, DateTimeOffset Created, int ResourceLength)
{
    /// <summary>Where the first frame begins.</summary>
    public int First => SegmentFormat.Aligned(SegmentFormat.HeadSize + ResourceLength);
}

/// <summary>
/// Segments, the files of the spool: docs/formats/telemetry-spool.md. Every reader takes any bytes whatever; integers
/// are little-endian.
/// </summary>
internal static class SegmentFormat
{
    public const int HeadSize = 64, FrameHead = 16, SentOffset = 32, MaxScope = ushort.MaxValue;

    private static ReadOnlySpan<byte> Magic => "TOCSPL01"u8;

    public static void WriteHead(Span<byte> segment, SegmentHead head, ReadOnlySpan<byte> resource)
    {
        segment[..HeadSize].Clear();
        Magic.CopyTo(segment);
        segment[8] = (byte)head.Lane;
        BinaryPrimitives.WriteInt32LittleEndian(segment[12..], head.ResourceLength);
        BinaryPrimitives.WriteInt64LittleEndian(segment[16..], head.Created.ToUnixTimeMilliseconds());
        resource.CopyTo(segment[HeadSize..]);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[24..], Crc(Crc(0, segment[..24]), resource));
        WriteSent(segment, head.First);
    }

    public static bool TryReadHead(ReadOnlySpan<byte> segment, out SegmentHead head)
    {
        head = default;
        if (segment.Length < HeadSize || !segment.StartsWith(Magic) || segment[8] >= Lanes.Count)
            return false;
        var resource = BinaryPrimitives.ReadInt32LittleEndian(segment[12..]);
        var created = BinaryPrimitives.ReadInt64LittleEndian(segment[16..]);
        if (resource < 0 || resource > segment.Length - HeadSize - 8 || created is < 0 or > 253402300799999
            || BinaryPrimitives.ReadUInt32LittleEndian(segment[24..])
                != Crc(Crc(0, segment[..24]), segment.Slice(HeadSize, resource)))
            return false;
        head = new SegmentHead((Lane)segment[8], DateTimeOffset.FromUnixTimeMilliseconds(created), resource);
        return true;
    }

    public static void WriteSent(Span<byte> segment, int offset) =>
        BinaryPrimitives.WriteInt32LittleEndian(segment[SentOffset..], offset);

    /// <summary>Where what has not been delivered begins; the first frame when the mark makes no sense.</summary>
    public static int ReadSent(ReadOnlySpan<byte> segment, SegmentHead head)
    {
        var sent = BinaryPrimitives.ReadInt32LittleEndian(segment[SentOffset..]);
        return sent < head.First || sent > segment.Length ? head.First : sent;
    }

    /// <summary>Frames begin at multiples of 8, so that a length is stored in one piece on every processor.</summary>
    public static int Aligned(int offset) => (offset + 7) & ~7;

    public static int FrameSize(int scope, int body) => FrameHead + scope + body;

    /// <summary>
    /// Writes a frame, its length last: a frame without one does not exist. The room is zero before.
    /// </summary>
    public static void WriteFrame(
        Span<byte> room, FrameKind kind, int items, ReadOnlySpan<byte> scope, ReadOnlySpan<byte> body)
    {
        room[8] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(room[10..], (ushort)scope.Length);
        BinaryPrimitives.WriteInt32LittleEndian(room[12..], items);
        scope.CopyTo(room[FrameHead..]);
        body.CopyTo(room[(FrameHead + scope.Length)..]);
        var size = FrameSize(scope.Length, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(room[4..], Crc(0, room[8..size]));
        Volatile.Write(ref MemoryMarshal.AsRef<int>(room), BitConverter.IsLittleEndian
            ? size : BinaryPrimitives.ReverseEndianness(size));
    }

    /// <summary>
    /// The next whole frame at or after <paramref name="offset"/>; false at the end of what was written. Frames whose
    /// checksum is wrong are skipped and counted; behind a length that makes no sense nothing can be found any more.
    /// </summary>
    public static bool TryReadFrame(ReadOnlySpan<byte> segment, int offset, out Frame frame, scoped ref int damaged)
    {
        frame = default;
        while (offset >= 0 && offset <= segment.Length - FrameHead)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(segment[offset..]);
            if (size == 0)
                return false;
            if (size < FrameHead || size > segment.Length - offset)
                break;
            var whole = segment.Slice(offset, size);
            offset = Aligned(offset + size);
            var scope = BinaryPrimitives.ReadUInt16LittleEndian(whole[10..]);
            var items = BinaryPrimitives.ReadInt32LittleEndian(whole[12..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(whole[4..]) == Crc(0, whole[8..])
                && whole[8] is 1 or 2 && scope <= size - FrameHead && items >= 0)
            {
                frame = new Frame
                {
                    Kind = (FrameKind)whole[8],
                    Items = items,
                    Scope = whole.Slice(FrameHead, scope),
                    Body = whole[(FrameHead + scope)..],
                    End = offset,
                };
                return true;
            }
            damaged++;
        }
        if (offset >= 0 && offset <= segment.Length - FrameHead)
            damaged++;
        return false;
    }

    /// <summary>CRC-32C (Castagnoli), continued from <paramref name="crc"/>.</summary>
    public static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
