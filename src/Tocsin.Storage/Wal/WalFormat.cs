using System.Buffers.Binary;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Wal;

/// <summary>The byte layout of a log file (docs/formats/wal.md holds the same tables).</summary>
/// <remarks>
/// <code>
/// file   := header header frame*                       the header stands twice, so that one damaged copy costs nothing
/// header := "TWAL" u16 version(1) u16 0 u64 number u32 salt u32 crc      crc = CRC32C of the 20 bytes before it
/// frame  := u8[4] magic u32 crc u32 length u8 kind u8[3] 0 u64 firstSequence payload
///           crc = CRC32C of everything from length on, seeded with the salt; kind 1 = event batch
/// </code>
/// All numbers are little endian. The n-th row of a batch has the sequence number firstSequence + n. The salt is
/// random,
/// so that bytes of an old log inside a payload can never be taken for a frame. A frame counts when its magic, its kind
/// and
/// its crc are right and its sequence is not below that of the frames before it. A reader that meets anything else
/// looks for
/// the next frame that counts; when there is none in the newest file, the rest is a torn write and is cut off.
/// </remarks>
internal static class WalFormat
{
    public const int HeaderCopyLength = 24, HeaderLength = 2 * HeaderCopyLength, FrameHeaderLength = 24;
    public const ushort Version = 1;
    public const byte EventBatch = 1;

    public static ReadOnlySpan<byte> FileMagic => "TWAL"u8;

    /// <summary>Not valid UTF-8, so that text never looks like it.</summary>
    public static ReadOnlySpan<byte> FrameMagic => [0xAB, (byte)'T', (byte)'F', 0xCD];

    public static void WriteHeader(Span<byte> into, ulong number, uint salt)
    {
        Span<byte> copy = into[..HeaderCopyLength];
        copy.Clear();
        FileMagic.CopyTo(copy);
        BinaryPrimitives.WriteUInt16LittleEndian(copy[4..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(copy[8..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[16..], salt);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[20..], Crc32C.Of(copy[..20]));
        copy.CopyTo(into[HeaderCopyLength..]);
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> header, out uint salt)
    {
        for (int at = 0; at + HeaderCopyLength <= header.Length; at += HeaderCopyLength)
        {
            ReadOnlySpan<byte> copy = header.Slice(at, HeaderCopyLength);
            salt = BinaryPrimitives.ReadUInt32LittleEndian(copy[16..]);
            if (copy.StartsWith(FileMagic) && BinaryPrimitives.ReadUInt16LittleEndian(copy[4..]) == Version
                && BinaryPrimitives.ReadUInt32LittleEndian(copy[20..]) == Crc32C.Of(copy[..20]))
                return true;
        }
        salt = 0;
        return false;
    }

    public static void WriteFrameHeader(Span<byte> into, ReadOnlySpan<byte> payload, ulong firstSequence, uint salt)
    {
        into[..FrameHeaderLength].Clear();
        FrameMagic.CopyTo(into);
        BinaryPrimitives.WriteInt32LittleEndian(into[8..], payload.Length);
        into[12] = EventBatch;
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], firstSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], FrameCrc(into, payload, salt));
    }

    /// <summary>
    /// Says whether the header can begin a frame whose payload ends within <paramref name="room"/> bytes.
    /// </summary>
    public static bool TryReadFrameHeader(ReadOnlySpan<byte> header, long room, out int length, out ulong firstSequence)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        firstSequence = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
        return header.StartsWith(FrameMagic) && length >= 0 && length <= Limits.BatchBytes && length <= room
            && BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) == EventBatch;
    }

    public static bool CrcIsRight(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint salt) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == FrameCrc(header, payload, salt);

    private static uint FrameCrc(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint salt) =>
        Crc32C.Of(payload, Crc32C.Of(header[8..FrameHeaderLength], salt));
}
