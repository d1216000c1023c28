using System.Buffers.Binary;
using System.Text;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;

namespace Tocsin.Query.Aggregates;

/// <summary>
/// The values that tell one group from another, as bytes: per part a length, -1 for missing, and the text.
/// </summary>
internal sealed class GroupKey(int parts)
{
    private readonly CellKind[] _kinds = new CellKind[parts];
    private readonly long[] _bits = new long[parts];
    private byte[] _bytes = new byte[64];
    private byte[] _text = new byte[64];
    private int _length, _part;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public CellKind Kind(int part) => _kinds[part];

    public void Clear() => (_length, _part) = (0, 0);

    /// <summary>A value as it lies in a record.</summary>
    public void Add(FieldValue value)
    {
        if (value.Kind == ValueKind.String)
            Write(CellKind.Text, value.Payload);
        else
            Add(Cell.Of(value));
    }

    public void AddText(ReadOnlySpan<byte> utf8) => Write(CellKind.Text, utf8);

    public void Add(in Cell cell)
    {
        _bits[_part] = cell.AsInt;
        if (cell.IsMissing)
            Write(CellKind.Missing, default);
        else
            Write(cell.Kind, cell.Utf8(ref _text));
    }

    public Cell[] Cells()
    {
        var cells = new Cell[parts];
        ReadOnlySpan<byte> rest = Bytes;
        for (int i = 0; i < parts; i++)
        {
            int length = Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(rest));
            string text = Encoding.UTF8.GetString(rest.Slice(4, length));
            cells[i] = _kinds[i] switch
            {
                CellKind.Missing => Cell.Missing,
                CellKind.Text => Cell.Of(text),
                CellKind.Json => Cell.OfJson(text),
                CellKind.Int => Cell.Of(_bits[i]),
                CellKind.Double => Cell.Of(BitConverter.Int64BitsToDouble(_bits[i])),
                CellKind.Bool => Cell.Of(_bits[i] != 0),
                CellKind.Time => Cell.Of(new Model.Instant(_bits[i])),
                _ => Cell.OfLevel((int)_bits[i]),
            };
            rest = rest[(4 + length)..];
        }
        return cells;
    }

    private void Write(CellKind kind, ReadOnlySpan<byte> text)
    {
        _kinds[_part++] = kind;
        if (_bytes.Length - _length < text.Length + 4)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + text.Length + 4));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), kind == CellKind.Missing ? -1 : text.Length);
        text.CopyTo(_bytes.AsSpan(_length + 4));
        _length += 4 + text.Length;
    }
}
