using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace Tocsin.Model.Events;

/// <summary>
/// Writes events into one pooled buffer, in the form in which they travel from a decoder to the log on disk.
/// </summary>
/// <remarks>
/// Layout (little endian; docs/formats/event-batch.md holds the same table):
/// <code>
/// batch  := 'T' 'B' u8 version(1) u8 dataset u32 rowCount entry*
/// entry  := u32 payloadLength u8 kind payload          kind 1 = stream, 2 = row; a row belongs to the last stream before it
/// stream := field*                                     resource attributes, then @scope.* fields
/// row    := i64 timeNs i64 observedNs u8 severity u8[16] traceId u8[8] spanId field*      all-zero id = absent
/// field  := varint nameLength name value
/// value  := u8 ValueKind payload
///           Int i64 | Double f64 | String/Bytes varint length, bytes | Array u32 byteLength value* | Map u32 byteLength field*
/// </code>
/// Call order: BeginStream, (Name, value)*, EndStream, then rows: BeginRow, (Name, value)*, EndRow or CancelRow.
/// Inside an array values come without names. Not thread-safe. Allocates only when the buffer grows.
/// </remarks>
public sealed class EventBatchWriter : IDisposable
{
    internal const byte Version = 1;
    internal const int HeaderLength = 8, EntryHeaderLength = 5, RowHeaderLength = 8 + 8 + 1 + 16 + 8;
    internal const byte StreamEntry = 1, RowEntry = 2;
    private const int MaxDepth = 64;

    private byte[] _buffer;
    private int _position;
    private int _entryStart = -1;
    private readonly int[] _open = new int[MaxDepth];
    private int _depth;

    public EventBatchWriter(Dataset dataset, int capacity = 64 * 1024)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, HeaderLength));
        Reset(dataset);
    }

    public Dataset Dataset { get; private set; }

    public int RowCount { get; private set; }

    /// <summary>Bytes written so far, header included.</summary>
    public int Length => _position;

    /// <summary>How many arrays and maps are open around the next value.</summary>
    public int Depth => _depth;

    /// <summary>The finished batch. Valid until the next write, Reset or Dispose.</summary>
    public ReadOnlyMemory<byte> Encoded
    {
        get
        {
            Debug.Assert(_entryStart < 0, "an entry is still open");
            BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(4), RowCount);
            return _buffer.AsMemory(0, _position);
        }
    }

    /// <summary>Empties the writer for reuse and keeps the buffer.</summary>
    public void Reset(Dataset dataset)
    {
        Dataset = dataset;
        RowCount = 0;
        _entryStart = -1;
        _depth = 0;
        _buffer[0] = (byte)'T';
        _buffer[1] = (byte)'B';
        _buffer[2] = Version;
        _buffer[3] = (byte)dataset;
        _position = HeaderLength;
    }

    public void BeginStream() => BeginEntry(StreamEntry);

    public void EndStream() => EndEntry();

    /// <param name="time">When it happened.</param>
    /// <param name="observed">When somebody first saw it.</param>
    /// <param name="severity">See <see cref="Severity"/>.</param>
    /// <param name="traceId">16 bytes, or empty.</param>
    /// <param name="spanId">8 bytes, or empty.</param>
    public void BeginRow(Instant time, Instant observed, byte severity, ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId)
    {
        BeginEntry(RowEntry);
        Span<byte> row = Take(RowHeaderLength);
        row.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(row, time.UnixNanos);
        BinaryPrimitives.WriteInt64LittleEndian(row[8..], observed.UnixNanos);
        row[16] = severity;
        if (traceId.Length == 16)
            traceId.CopyTo(row[17..]);
        if (spanId.Length == 8)
            spanId.CopyTo(row[33..]);
    }

    public void EndRow()
    {
        EndEntry();
        RowCount++;
    }

    /// <summary>Removes the row that is being written, as if it had never begun.</summary>
    public void CancelRow()
    {
        Debug.Assert(_entryStart >= 0);
        _position = _entryStart;
        _entryStart = -1;
        _depth = 0;
    }

    public void Name(ReadOnlySpan<byte> name)
    {
        if (name.Length < 0x80)
        {
            Span<byte> whole = Take(name.Length + 1);
            whole[0] = (byte)name.Length;
            name.CopyTo(whole[1..]);
            return;
        }
        Varint((uint)name.Length);
        name.CopyTo(Take(name.Length));
    }

    /// <summary>Writes an attribute's name; a leading '@' is doubled so that it cannot pass for a built-in field.</summary>
    public void AttributeName(ReadOnlySpan<byte> name)
    {
        if (name.Length > 0 && name[0] == (byte)'@')
        {
            Varint((uint)name.Length + 1);
            Take(1)[0] = (byte)'@';
            name.CopyTo(Take(name.Length));
        }
        else
        {
            Name(name);
        }
    }

    public void Null() => Kind(ValueKind.Null);

    public void Bool(bool value) => Kind(value ? ValueKind.True : ValueKind.False);

    public void Int(long value)
    {
        Span<byte> whole = Take(9);
        whole[0] = (byte)ValueKind.Int;
        BinaryPrimitives.WriteInt64LittleEndian(whole[1..], value);
    }

    public void Double(double value)
    {
        Span<byte> whole = Take(9);
        whole[0] = (byte)ValueKind.Double;
        BinaryPrimitives.WriteDoubleLittleEndian(whole[1..], value);
    }

    /// <summary>Writes UTF-8 text. The caller has made sure that it is valid UTF-8.</summary>
    public void String(ReadOnlySpan<byte> utf8) => Blob(ValueKind.String, utf8);

    public void Bytes(ReadOnlySpan<byte> bytes) => Blob(ValueKind.Bytes, bytes);

    public void BeginArray() => Open(ValueKind.Array);

    public void EndArray() => Close();

    public void BeginMap() => Open(ValueKind.Map);

    public void EndMap() => Close();

    /// <summary>Copies a value that is already in batch encoding (<see cref="FieldValue.Encoded"/>).</summary>
    public void Raw(ReadOnlySpan<byte> encodedValue) => encodedValue.CopyTo(Take(encodedValue.Length));

    public void Dispose()
    {
        byte[] buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Blob(ValueKind kind, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 0x80)
        {
            Span<byte> whole = Take(bytes.Length + 2);
            whole[0] = (byte)kind;
            whole[1] = (byte)bytes.Length;
            bytes.CopyTo(whole[2..]);
            return;
        }
        Kind(kind);
        Varint((uint)bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
    }

    private void BeginEntry(byte kind)
    {
        Debug.Assert(_entryStart < 0, "the previous entry is still open");
        _entryStart = _position;
        Take(EntryHeaderLength)[4] = kind;
    }

    private void EndEntry()
    {
        Debug.Assert(_entryStart >= 0 && _depth == 0);
        int length = _position - _entryStart - EntryHeaderLength;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_entryStart), length);
        _entryStart = -1;
    }

    private void Open(ValueKind kind)
    {
        if (_depth == MaxDepth)
            throw new InvalidOperationException($"values nest deeper than {MaxDepth}; decoders must refuse them first");
        Kind(kind);
        _open[_depth++] = _position;
        Take(4);
    }

    private void Close()
    {
        int start = _open[--_depth];
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start), _position - start - 4);
    }

    private void Kind(ValueKind kind) => Take(1)[0] = (byte)kind;

    private void Varint(uint value)
    {
        while (value >= 0x80)
        {
            Take(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }
        Take(1)[0] = (byte)value;
    }

    private Span<byte> Take(int count)
    {
        if (_buffer.Length - _position < count)
            Grow(count);
        Span<byte> span = _buffer.AsSpan(_position, count);
        _position += count;
        return span;
    }

    private void Grow(int count)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, checked(_position + count)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
