using Tocsin.Model;

namespace Tocsin.Storage.Segment;

/// <summary>Rows of one minute and severity family.</summary>
/// <param name="Minute">Minutes since 1970.</param>
internal readonly record struct MinuteCount(long Minute, byte Family, int Count);

/// <summary>Rows of one stream.</summary>
/// <param name="Stream">Number in the segment's table of streams.</param>
internal readonly record struct StreamCount(int Stream, int Rows);

/// <summary>What a segment's footer says about one block.</summary>
/// <remarks>
/// Layout (docs/formats/segment.md):
/// <code>
/// u64 offset, u32 length, u32 directoryLength, u32 directoryCrc, u32 filterOffset, u32 filterLength, u32 filterCrc,
/// u32 rows, u32 rawBytes, i64 minTime, i64 maxTime, u64 minSequence, u64 maxSequence, u8 minSeverity, u8 maxSeverity,
/// varint counts, per count: zigzag minute minus the minute before, u8 family, varint rows,
/// since version 2: varint streams, per stream: varint number, varint rows
/// </code>
/// </remarks>
internal sealed record BlockHeader
{
    public required long Offset { get; init; }
    public required int Length { get; init; }
    public required int DirectoryLength { get; init; }
    public required uint DirectoryCrc { get; init; }
    public required int FilterOffset { get; init; }
    public required int FilterLength { get; init; }
    public required uint FilterCrc { get; init; }
    public required int Rows { get; init; }
    public required int RawBytes { get; init; }
    public required Instant MinTime { get; init; }
    public required Instant MaxTime { get; init; }
    public required ulong MinSequence { get; init; }
    public required ulong MaxSequence { get; init; }
    public required byte MinSeverity { get; init; }
    public required byte MaxSeverity { get; init; }
    public required IReadOnlyList<MinuteCount> Counts { get; init; }

    /// <summary>Empty in version 1, whose blocks have streams of their own.</summary>
    public required IReadOnlyList<StreamCount> Streams { get; init; }

    public void Write(ByteBuffer into)
    {
        into.I64(Offset);
        into.I32(Length);
        into.I32(DirectoryLength);
        into.U32(DirectoryCrc);
        into.I32(FilterOffset);
        into.I32(FilterLength);
        into.U32(FilterCrc);
        into.I32(Rows);
        into.I32(RawBytes);
        into.I64(MinTime.UnixNanos);
        into.I64(MaxTime.UnixNanos);
        into.U64(MinSequence);
        into.U64(MaxSequence);
        into.U8(MinSeverity);
        into.U8(MaxSeverity);
        into.Varint((ulong)Counts.Count);
        long before = 0;
        foreach (MinuteCount count in Counts)
        {
            into.Zigzag(count.Minute - before);
            into.U8(count.Family);
            into.Varint((ulong)count.Count);
            before = count.Minute;
        }
        into.Varint((ulong)Streams.Count);
        foreach (StreamCount stream in Streams)
        {
            into.Varint((ulong)stream.Stream);
            into.Varint((ulong)stream.Rows);
        }
    }

    /// <summary>Throws <see cref="InvalidDataException"/> when a figure cannot be true.</summary>
    /// <param name="from">Moved behind the header.</param>
    /// <param name="version">Of the segment.</param>
    /// <param name="streams">How many its table has.</param>
    public static BlockHeader Read(ref ByteReader from, int version, int streams)
    {
        var header = new BlockHeader
        {
            Offset = from.I64(),
            Length = from.I32(),
            DirectoryLength = from.I32(),
            DirectoryCrc = from.U32(),
            FilterOffset = from.I32(),
            FilterLength = from.I32(),
            FilterCrc = from.U32(),
            Rows = from.I32(),
            RawBytes = from.I32(),
            MinTime = new Instant(from.I64()),
            MaxTime = new Instant(from.I64()),
            MinSequence = from.U64(),
            MaxSequence = from.U64(),
            MinSeverity = from.U8(),
            MaxSeverity = from.U8(),
            Counts = ReadCounts(ref from),
            Streams = version == 1 ? [] : ReadStreams(ref from, streams),
        };
        bool plausible = header.Offset >= 0 && header.Length >= 0
            && (uint)header.DirectoryLength <= (uint)header.Length
            && (uint)header.FilterOffset <= (uint)header.Length
            && (uint)header.FilterLength <= (uint)(header.Length - header.FilterOffset)
            && header.FilterLength % 8 == 0
            && header.Rows is > 0 and <= Limits.BlockRows;
        return plausible ? header : throw new InvalidDataException("a block header is out of bounds");
    }

    private static StreamCount[] ReadStreams(ref ByteReader from, int known)
    {
        var streams = new StreamCount[from.Count(from.Left / 2)];
        for (int i = 0; i < streams.Length; i++)
            streams[i] = new StreamCount(from.Count(known - 1), from.Count(Limits.BlockRows));
        return streams;
    }

    private static MinuteCount[] ReadCounts(ref ByteReader from)
    {
        // Each count takes three bytes at least.
        var counts = new MinuteCount[from.Count(from.Left / 3)];
        long minute = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            minute += from.Zigzag();
            byte family = from.U8();
            if (family > Severity.Family(Severity.Max))
                throw new InvalidDataException($"severity family {family} is not known");
            counts[i] = new MinuteCount(minute, family, from.Count(Limits.BlockRows));
        }
        return counts;
    }
}
