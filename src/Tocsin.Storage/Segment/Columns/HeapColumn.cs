using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// Values of any kinds one after the other. Layout: presence, text block of values (tag and payload), pack of their lengths, 8
/// bytes of padding.
/// </summary>
internal sealed class HeapColumn : Column
{
    private readonly Presence _presence;
    private readonly byte[] _heap;
    private readonly int[] _starts;

    public HeapColumn(byte[] raw, int rows) : base(rows)
    {
        int at = 0;
        _presence = Presence.Read(raw, ref at, rows);
        _heap = TextBlock.Read(raw, ref at);
        IntPack lengths = IntPack.Read(raw, ref at, _presence.Count);
        _starts = new int[lengths.Count + 1];
        long start = 0;
        for (int i = 0; i < lengths.Count; i++)
        {
            long length = lengths[i];
            if (length <= 0 || (start += length) > _heap.Length)
                throw new InvalidDataException("a value reaches past its column");
            _starts[i + 1] = (int)start;
            ReadOnlySpan<byte> rest = _heap.AsSpan(_starts[i], (int)length);
            BatchShape.CheckValue(FieldValue.Read(ref rest));
            if (rest.Length > 0)
                throw new InvalidDataException("a value is shorter than it claims");
        }
        if (start != _heap.Length)
            throw new InvalidDataException("bytes are left after the last value");
    }

    /// <summary>Tag and payload; empty when the row has no value.</summary>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            if (!_presence[row])
                return default;
            int value = _presence.IndexOf(row);
            return _heap.AsSpan(_starts[value], _starts[value + 1] - _starts[value]);
        }
    }

    public override bool Has(int row) => _presence[row];

    public override void Write(int row, ByteBuffer into) => into.Bytes(this[row]);

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        foreach (int row in _presence.Of(rows))
        {
            ReadOnlySpan<byte> rest = this[row];
            if (test.Accepts(FieldValue.Read(ref rest)))
                hits.Add(row);
        }
    }

    public override void AddPresent(RowSet into) => _presence.AddTo(into);
}
