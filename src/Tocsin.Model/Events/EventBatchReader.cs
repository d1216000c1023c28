using System.Buffers.Binary;

namespace Tocsin.Model.Events;

/// <summary>
/// Walks the rows of an encoded batch without copying. Throws <see cref="InvalidDataException"/> on a malformed batch;
/// never reads outside the span.
/// </summary>
public ref struct EventBatchReader
{
    private ReadOnlySpan<byte> _rest;

    public EventBatchReader(ReadOnlySpan<byte> batch)
    {
        if (batch.Length < EventBatchWriter.HeaderLength || batch[0] != 'T' || batch[1] != 'B')
            throw new InvalidDataException("not an event batch");
        if (batch[2] != EventBatchWriter.Version)
            throw new InvalidDataException($"event batch version {batch[2]} is not known");
        Dataset = (Dataset)batch[3];
        RowCount = BinaryPrimitives.ReadInt32LittleEndian(batch[4..]);
        _rest = batch[EventBatchWriter.HeaderLength..];
    }

    public Dataset Dataset { get; }

    public int RowCount { get; }

    /// <summary>The encoded fields of the stream (resource and scope) that the current row belongs to.</summary>
    public ReadOnlySpan<byte> Stream { get; private set; }

    public EventRow Row { get; private set; }

    public bool MoveNext()
    {
        while (_rest.Length > 0)
        {
            if (_rest.Length < EventBatchWriter.EntryHeaderLength)
                throw new InvalidDataException("truncated entry header");
            int length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
            byte kind = _rest[4];
            if (length < 0 || length > _rest.Length - EventBatchWriter.EntryHeaderLength)
                throw new InvalidDataException("entry reaches past the end of the batch");
            ReadOnlySpan<byte> payload = _rest.Slice(EventBatchWriter.EntryHeaderLength, length);
            _rest = _rest[(EventBatchWriter.EntryHeaderLength + length)..];
            if (kind == EventBatchWriter.StreamEntry)
            {
                Stream = payload;
                continue;
            }
            if (kind != EventBatchWriter.RowEntry)
                throw new InvalidDataException($"entry kind {kind} is not known");
            Row = new EventRow(payload, Stream);
            return true;
        }
        return false;
    }
}

/// <summary>One event inside a batch. Valid as long as the batch's bytes are.</summary>
public readonly ref struct EventRow
{
    private readonly ReadOnlySpan<byte> _row;

    public EventRow(ReadOnlySpan<byte> row, ReadOnlySpan<byte> stream)
    {
        if (row.Length < EventBatchWriter.RowHeaderLength)
            throw new InvalidDataException("row is shorter than its header");
        _row = row;
        Stream = stream;
    }

    /// <summary>The encoded row: fixed header, then fields.</summary>
    public ReadOnlySpan<byte> Encoded => _row;

    public Instant Time => new(BinaryPrimitives.ReadInt64LittleEndian(_row));

    public Instant Observed => new(BinaryPrimitives.ReadInt64LittleEndian(_row[8..]));

    public byte Severity => _row[16];

    /// <summary>16 bytes, or empty when the event has none.</summary>
    public ReadOnlySpan<byte> TraceId => OrEmpty(_row.Slice(17, 16));

    /// <summary>8 bytes, or empty when the event has none.</summary>
    public ReadOnlySpan<byte> SpanId => OrEmpty(_row.Slice(33, 8));

    public FieldReader Fields => new(_row[EventBatchWriter.RowHeaderLength..]);

    /// <summary>The encoded fields, without the row header.</summary>
    public ReadOnlySpan<byte> EncodedFields => _row[EventBatchWriter.RowHeaderLength..];

    /// <summary>The encoded fields of the row's stream.</summary>
    public ReadOnlySpan<byte> Stream { get; }

    /// <summary>Looks the field up in the row, then in its stream.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out FieldValue value) =>
        FieldReader.TryGet(EncodedFields, name, out value) || FieldReader.TryGet(Stream, name, out value);

    /// <param name="id">8 or 16 bytes.</param>
    private static ReadOnlySpan<byte> OrEmpty(ReadOnlySpan<byte> id) =>
        (BinaryPrimitives.ReadInt64LittleEndian(id) | BinaryPrimitives.ReadInt64LittleEndian(id[^8..])) != 0 ? id : default;
}

/// <summary>Walks (name, value) pairs: the fields of a row, of a stream, or of a map value.</summary>
public ref struct FieldReader(ReadOnlySpan<byte> encoded)
{
    private ReadOnlySpan<byte> _rest = encoded;

    public ReadOnlySpan<byte> Name { get; private set; }

    public FieldValue Value { get; private set; }

    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _rest;
        if (rest.Length == 0)
            return false;
        int length = FieldValue.ReadVarint(ref rest);
        Name = FieldValue.Cut(ref rest, length);
        Value = FieldValue.Read(ref rest);
        _rest = rest;
        return true;
    }

    /// <summary>As <see cref="MoveNext()"/>, for who only hands values on.</summary>
    /// <param name="name">UTF-8.</param>
    /// <param name="value">Tag and payload.</param>
    public bool MoveNext(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = _rest;
        if (rest.Length == 0)
        {
            name = value = default;
            return false;
        }
        int length = FieldValue.ReadVarint(ref rest);
        name = FieldValue.Cut(ref rest, length);
        value = FieldValue.Cut(ref rest, FieldValue.LengthOf(rest));
        _rest = rest;
        return true;
    }

    public static bool TryGet(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> name, out FieldValue value)
    {
        var fields = new FieldReader(encoded);
        while (fields.MoveNext(out ReadOnlySpan<byte> other, out ReadOnlySpan<byte> found))
        {
            if (other.SequenceEqual(name))
            {
                value = FieldValue.Read(ref found);
                return true;
            }
        }
        value = default;
        return false;
    }
}

/// <summary>Walks the values of an array.</summary>
public ref struct ValueReader(ReadOnlySpan<byte> encoded)
{
    private ReadOnlySpan<byte> _rest = encoded;

    public FieldValue Value { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length == 0)
            return false;
        Value = FieldValue.Read(ref _rest);
        return true;
    }
}
