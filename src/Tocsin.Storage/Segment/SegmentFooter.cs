using Tocsin.Model;
using Tocsin.Storage.Io;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>The end of a segment file: what is inside, and where its rows came from.</summary>
/// <remarks>
/// Layout (docs/formats/segment.md):
/// <code>
/// file    := "TSEG" u16 version(2) u16 0, block*, footer, trailer
/// footer  := u64 id, u8 dataset, i32 day (days since 0001-01-01), u64 fromSequence, u64 toSequence,
///            varint replaced, u64 segmentId*, since version 2: varint streams, text block of (varint length, fields)*;
///            varint blocks, block header*
/// trailer := u32 footerCrc u32 footerLength u64 footerOffset "TSEGEND\n"
/// </code>
/// </remarks>
internal sealed record SegmentFooter
{
    public const int HeaderLength = 8, TrailerLength = 24;
    private const ushort Current = 2;

    public required ulong Id { get; init; }
    public required Dataset Dataset { get; init; }
    public required DateOnly Day { get; init; }

    /// <summary>
    /// First sequence number of the memtables that were sealed into it, other days and datasets included.
    /// </summary>
    public required ulong FromSequence { get; init; }

    /// <summary>One above their last.</summary>
    public required ulong ToSequence { get; init; }

    /// <summary>Segments that were merged into it.</summary>
    public required IReadOnlyList<ulong> Replaced { get; init; }
    public required IReadOnlyList<BlockHeader> Blocks { get; init; }

    /// <summary>The encoded fields of each stream; empty in version 1.</summary>
    public required IReadOnlyList<byte[]> Streams { get; init; }

    /// <summary>Of the file it was read from.</summary>
    public int Version { get; init; } = Current;

    private static ReadOnlySpan<byte> StartMagic => "TSEG"u8;
    private static ReadOnlySpan<byte> EndMagic => "TSEGEND\n"u8;

    public static void WriteHeader(ByteBuffer into)
    {
        into.Bytes(StartMagic);
        into.U16(Current);
        into.U16(0);
    }

    /// <param name="into">Receives footer and trailer.</param>
    /// <param name="offset">Where the footer will begin in the file.</param>
    public void Write(ByteBuffer into, long offset)
    {
        into.U64(Id);
        into.U8((byte)Dataset);
        into.I32(Day.DayNumber);
        into.U64(FromSequence);
        into.U64(ToSequence);
        into.Varint((ulong)Replaced.Count);
        foreach (ulong id in Replaced)
            into.U64(id);
        var streams = new ByteBuffer(4096);
        foreach (byte[] stream in Streams)
            streams.Blob(stream);
        into.Varint((ulong)Streams.Count);
        TextBlock.Write(streams.Span, into);
        into.Varint((ulong)Blocks.Count);
        foreach (BlockHeader block in Blocks)
            block.Write(into);
        int length = into.Length;
        into.U32(Crc32C.Of(into.Span));
        into.I32(length);
        into.I64(offset);
        into.Bytes(EndMagic);
    }

    /// <summary>Throws <see cref="InvalidDataException"/> when the file is no whole segment.</summary>
    public static SegmentFooter Read(IFile file)
    {
        long fileLength = file.Length;
        Span<byte> header = stackalloc byte[HeaderLength];
        Span<byte> trailer = stackalloc byte[TrailerLength];
        if (fileLength < HeaderLength + TrailerLength || file.Read(0, header) < HeaderLength
            || !header.StartsWith(StartMagic)
            || file.Read(fileLength - TrailerLength, trailer) < TrailerLength || !trailer.EndsWith(EndMagic))
            throw new InvalidDataException("not a whole segment file");
        int version = header[4] | header[5] << 8;
        if (version is < 1 or > Current)
            throw new InvalidDataException($"segment version {version} is not known");
        var end = new ByteReader(trailer);
        uint crc = end.U32();
        int length = end.I32();
        long offset = end.I64();
        if (length < 0 || offset < HeaderLength || offset + length != fileLength - TrailerLength)
            throw new InvalidDataException("the segment's trailer is out of bounds");
        byte[] footer = new byte[length];
        if (file.Read(offset, footer) < length || Crc32C.Of(footer) != crc)
            throw new InvalidDataException("the segment's footer is damaged");
        return Parse(footer, offset, version);
    }

    private static SegmentFooter Parse(byte[] bytes, long end, int version)
    {
        var reader = new ByteReader(bytes);
        ulong id = reader.U64();
        var dataset = (Dataset)reader.U8();
        int day = reader.I32();
        if (day < DateOnly.MinValue.DayNumber || day > DateOnly.MaxValue.DayNumber)
            throw new InvalidDataException("the segment's day is out of bounds");
        ulong from = reader.U64(), to = reader.U64();
        var replaced = new ulong[reader.Count(reader.Left / 8)];
        for (int i = 0; i < replaced.Length; i++)
            replaced[i] = reader.U64();
        byte[][] streams = version == 1 ? [] : ReadStreams(bytes, ref reader);
        var blocks = new List<BlockHeader>();
        for (int count = reader.Count(reader.Left); count > 0; count--)
        {
            BlockHeader block = BlockHeader.Read(ref reader, version, streams.Length);
            if (block.Offset < HeaderLength || block.Offset > end - block.Length)
                throw new InvalidDataException("a block lies outside its segment");
            blocks.Add(block);
        }
        return new SegmentFooter
        {
            Id = id, Dataset = dataset, Day = DateOnly.FromDayNumber(day), FromSequence = from, ToSequence = to,
            Replaced = replaced, Blocks = blocks, Streams = streams, Version = version,
        };
    }

    private static byte[][] ReadStreams(byte[] bytes, ref ByteReader reader)
    {
        int count = reader.Count(int.MaxValue);
        int at = bytes.Length - reader.Left;
        byte[] text = TextBlock.Read(new ColumnBytes(bytes), ref at);
        reader = new ByteReader(bytes.AsSpan(at));
        var rest = new ByteReader(text);
        if (count > text.Length)
            throw new InvalidDataException("a segment has fewer streams than it claims");
        byte[][] streams = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            streams[i] = rest.Blob().ToArray();
            BatchShape.CheckFields(streams[i]);
        }
        return streams;
    }
}
