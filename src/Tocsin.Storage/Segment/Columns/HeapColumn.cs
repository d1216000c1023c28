using System.Buffers;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>The values themselves, which are few or differ in kind, and where each begins.</summary>
internal sealed class HeapLayout : ColumnLayout
{
    private const int PieceBytes = 1 << 18;

    private readonly byte[] _heap;
    private readonly int[] _starts;

    public HeapLayout(ColumnBytes bytes, int rows) : base(rows)
    {
        int at = 0;
        Present = Presence.Read(bytes, ref at, rows);
        _heap = TextBlock.Read(bytes, ref at);
        IntPack lengths = IntPack.Read(bytes, ref at, Present.Count);
        _starts = new int[lengths.Count + 1];
        long start = 0;
        for (int i = 0; i < lengths.Count; i++)
        {
            long length = lengths[i];
            if (length <= 0 || (start += length) > _heap.Length)
                throw new InvalidDataException("a value reaches past its column");
            _starts[i + 1] = (int)start;
            ReadOnlySpan<byte> rest = _heap.AsSpan(_starts[i], (int)length);
            FieldValue value = FieldValue.Read(ref rest);
            BatchShape.CheckValue(value);
            OfText &= value.Kind == ValueKind.String;
            if (rest.Length > 0)
                throw new InvalidDataException("a value is shorter than it claims");
        }
        if (start != _heap.Length)
            throw new InvalidDataException("bytes are left after the last value");
    }

    public Presence Present { get; }

    /// <summary>All values are strings.</summary>
    public bool OfText { get; } = true;

    public override int Size => 100 + Present.Size + _heap.Length + _starts.Length * 4;

    /// <summary>Tag and payload; empty when the row has no value.</summary>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            if (!Present[row])
                return default;
            int value = Present.IndexOf(row);
            return _heap.AsSpan(_starts[value], _starts[value + 1] - _starts[value]);
        }
    }

    /// <summary>Numbers of the values that have a fragment in them, in any case; perhaps some more.</summary>
    public RowSet Having(TextFragment fragment)
    {
        var having = new RowSet(_starts.Length - 1);
        ReadOnlySpan<byte> text = fragment.Text;
        byte[] lower = ArrayPool<byte>.Shared.Rent(PieceBytes + text.Length);
        for (int piece = 0; piece < _heap.Length; piece += PieceBytes)
        {
            ReadOnlySpan<byte> some = _heap.AsSpan(piece, Math.Min(_heap.Length - piece, PieceBytes + text.Length - 1));
            Tokens.Lower(some, lower);
            ReadOnlySpan<byte> rest = lower.AsSpan(0, some.Length);
            for (int at = 0, hit; at < rest.Length && (hit = rest[at..].IndexOf(text)) >= 0;)
            {
                int value = Array.BinarySearch(_starts, piece + at + hit);
                value = value < 0 ? ~value - 1 : value;
                having.Add(value);
                at = _starts[value + 1] - piece;
            }
        }
        ArrayPool<byte>.Shared.Return(lower);
        return having;
    }

    public override Column Open(ColumnBytes bytes) => new HeapColumn(this, bytes);
}

/// <summary>
/// Values of any kinds one after the other. Layout: presence, text block of values (tag and payload), pack of their lengths, 8
/// bytes of padding.
/// </summary>
internal sealed class HeapColumn(HeapLayout layout, ColumnBytes bytes) : Column(layout.Rows, bytes)
{
    public override bool Has(int row) => layout.Present[row];

    public override void Write(int row, ByteBuffer into) => into.Bytes(layout[row]);

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        RowSet? having = layout.OfText && test.Shape?.Fragments.MaxBy(f => f.Length) is { Length: > 0 } longest
            ? layout.Having(new TextFragment(longest)) : null;
        if (having?.IsEmpty == true)
            return;
        foreach (int row in layout.Present.Of(rows))
        {
            if (having?[layout.Present.IndexOf(row)] == false)
                continue;
            ReadOnlySpan<byte> rest = layout[row];
            if (test.Accepts(FieldValue.Read(ref rest)))
                hits.Add(row);
        }
    }

    public override void AddPresent(RowSet into) => layout.Present.AddTo(into);
}
