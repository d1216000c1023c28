using System.Globalization;
using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Query.Cells;

/// <summary>The type of one value inside a pipeline.</summary>
public enum CellKind : byte
{
    /// <summary>The row has no such field, or the field is null. Not the same as empty text.</summary>
    Missing,
    Bool,
    Int,
    Double,

    /// <summary>Nanoseconds since 1970.</summary>
    Time,

    /// <summary>A severity family; compares by rank.</summary>
    Level,
    Text,

    /// <summary>An array or a map, kept as its JSON text.</summary>
    Json,
}

/// <summary>One value inside a pipeline, copied out of the store.</summary>
public readonly struct Cell : IEquatable<Cell>
{
    private readonly long _bits;
    private readonly string? _text;

    private Cell(CellKind kind, long bits, string? text = null)
    {
        Kind = kind;
        _bits = bits;
        _text = text;
    }

    public static Cell Missing => default;

    public CellKind Kind { get; }

    public bool IsMissing => Kind == CellKind.Missing;

    public bool IsTrue => Kind == CellKind.Bool && _bits != 0;

    /// <summary>The number of an Int, the nanoseconds of a Time, the family of a Level.</summary>
    public long AsInt => _bits;

    public double AsDouble => BitConverter.Int64BitsToDouble(_bits);

    public static Cell Of(bool value) => new(CellKind.Bool, value ? 1 : 0);

    public static Cell Of(long value) => new(CellKind.Int, value);

    public static Cell Of(double value) => new(CellKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static Cell Of(string value) => new(CellKind.Text, 0, value);

    public static Cell Of(Instant time) => new(CellKind.Time, time.UnixNanos);

    /// <param name="json">Valid JSON.</param>
    public static Cell OfJson(string json) => new(CellKind.Json, 0, json);

    /// <param name="family">See <see cref="Severity.Family"/>.</param>
    public static Cell OfLevel(int family) => new(CellKind.Level, family);

    /// <summary>An Int when it fits, else the nearest Double.</summary>
    public static Cell Of(Int128 value) =>
        value >= long.MinValue && value <= long.MaxValue ? Of((long)value) : Of((double)value);

    public static Cell Of(FieldValue value) => value.Kind switch
    {
        ValueKind.Null => Missing,
        ValueKind.False => Of(false),
        ValueKind.True => Of(true),
        ValueKind.Int => Of(value.AsInt),
        ValueKind.Double => Of(value.AsDouble),
        ValueKind.Array or ValueKind.Map => OfJson(value.ToString()),
        _ => Of(value.ToString()),
    };

    /// <summary>As it is shown, grouped by and searched in; nothing for a missing value.</summary>
    public override string ToString() => Kind switch
    {
        CellKind.Missing => "",
        CellKind.Bool => IsTrue ? "true" : "false",
        CellKind.Int => _bits.ToString(CultureInfo.InvariantCulture),
        CellKind.Double => AsDouble.ToString("R", CultureInfo.InvariantCulture),
        CellKind.Time => new Instant(_bits).ToString(),
        CellKind.Level => LevelName,
        _ => _text!,
    };

    /// <summary>Bytes it keeps alive beside itself.</summary>
    public int HeapBytes => _text is null ? 0 : 24 + 2 * _text.Length;

    public bool Equals(Cell other) =>
        Kind == other.Kind && _bits == other._bits && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is Cell other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, _bits, _text);

    public static bool operator ==(Cell left, Cell right) => left.Equals(right);

    public static bool operator !=(Cell left, Cell right) => !left.Equals(right);

    /// <summary>
    /// The text as UTF-8, written into <paramref name="buffer"/>, which is replaced when it is too small.
    /// </summary>
    internal ReadOnlySpan<byte> Utf8(ref byte[] buffer)
    {
        if (Kind == CellKind.Int)
        {
            System.Buffers.Text.Utf8Formatter.TryFormat(_bits, buffer, out int written);
            return buffer.AsSpan(0, written);
        }
        string text = ToString();
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (buffer.Length < most)
            buffer = new byte[most];
        return buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
    }

    private string LevelName => Severity.Name((byte)(_bits == 0 ? 0 : _bits * 4 - 3));
}
