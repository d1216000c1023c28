namespace Tocsin.Storage.Segment;

/// <summary>How the values of one column of one block lie on disk. Written to disk; never renumber.</summary>
internal enum ColumnEncoding : byte
{
    /// <summary>Every row has the same value, which stands once.</summary>
    Constant = 1,

    /// <summary>At most 255 different values of any type, and one byte per row; 255 means absent.</summary>
    Dictionary = 2,

    /// <summary>Whole numbers as differences to the one before.</summary>
    DeltaInts = 3,

    /// <summary>Doubles, or byte strings of one length, one after the other.</summary>
    FixedWidth = 4,

    /// <summary>Strings: all lengths, then all bytes.</summary>
    StringHeap = 5,

    /// <summary>Values of any types, each with its tag.</summary>
    TaggedValues = 6,

    /// <summary>The encoded fields of each stream of the block.</summary>
    Streams = 7,

    // Since version 2, which of the above has Constant and Streams.

    /// <summary>Each different value once, and its number per row.</summary>
    Codes = 16,

    /// <summary>Whole numbers.</summary>
    Integers = 17,

    /// <summary>Doubles as whole numbers over a power of ten.</summary>
    Decimals = 18,

    /// <summary>Doubles, or byte strings of one length, as they are.</summary>
    Fixed = 19,

    /// <summary>Strings as templates and numbers.</summary>
    Templates = 20,

    /// <summary>Values of any kind, one after the other.</summary>
    Heap = 21,

    /// <summary>As <see cref="Codes"/>, of byte strings of one length, which stand without tag and length.</summary>
    FixedCodes = 22,
}

/// <summary>What a column means to the row. Written to disk; never renumber.</summary>
internal enum ColumnRole : byte
{
    Field = 0,
    Time = 1,
    Sequence = 2,

    /// <summary>Observed time minus time.</summary>
    ObservedDelay = 3,
    Severity = 4,
    TraceId = 5,
    SpanId = 6,

    /// <summary>Index into the streams of the block.</summary>
    Stream = 7,
    Streams = 8,

    /// <summary>Bytes: the encoded fields for which the block had no column left.</summary>
    Overflow = 9,
}

/// <summary>What the bytes of a column are compressed with. Written to disk; never renumber.</summary>
internal enum ColumnCodec : byte
{
    /// <summary>In version 1: nothing. Since version 2: raw Deflate for those text blocks whose two lengths differ.</summary>
    Usual = 0,

    /// <summary>In version 1: raw Deflate for the column as a whole.</summary>
    Deflate = 1,
}

/// <summary>One entry of a block's column directory.</summary>
internal sealed record ColumnEntry(
    ColumnRole Role, byte[] Name, ColumnEncoding Encoding, ColumnCodec Codec, int Offset, int StoredLength,
    int RawLength, uint Crc)
{
    /// <summary>Throws <see cref="InvalidDataException"/> when the column needs a later reader.</summary>
    public void MustBeUpTo(ColumnCodec last)
    {
        if (Codec > last)
            throw new InvalidDataException($"codec {(byte)Codec} of column {System.Text.Encoding.UTF8.GetString(Name)} is not known");
    }

    public void Write(ByteBuffer into)
    {
        into.U8((byte)Role);
        into.Blob(Name);
        into.U8((byte)Encoding);
        into.U8((byte)Codec);
        into.Varint((ulong)Offset);
        into.Varint((ulong)StoredLength);
        into.Varint((ulong)RawLength);
        into.U32(Crc);
    }

    public static ColumnEntry Read(ref ByteReader from)
    {
        var role = (ColumnRole)from.U8();
        byte[] name = from.Blob().ToArray();
        var encoding = (ColumnEncoding)from.U8();
        var codec = (ColumnCodec)from.U8();
        return new ColumnEntry(
            role, name, encoding, codec,
            from.Count(int.MaxValue), from.Count(int.MaxValue), from.Count(int.MaxValue), from.U32());
    }
}
