using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>A searched text, ready to be compared with values of every type.</summary>
internal sealed class ValueText(string text)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);
    private readonly Phrase _phrase = new(text);
    private readonly Number? _number = Number.Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>Of <see cref="IsIn"/>.</summary>
    public TextShape? Shape { get; } = TextShape.Of(text, new Phrase(text).Fragments);

    public bool IsIn(FieldValue value) =>
        value.Kind == ValueKind.String ? _phrase.IsIn(value.Payload) : EqualsPlain(value);

    /// <summary>The whole value, case and all.</summary>
    public bool Is(FieldValue value) =>
        value.Kind == ValueKind.String ? value.Payload.SequenceEqual(_utf8) : EqualsPlain(value);

    /// <summary>Only words of strings are in the filter, so whatever may also match another type must pass.</summary>
    public bool MayBeIn(BlockSummary block)
    {
        if (_number is not null || IsBool || IsHex)
            return true;
        foreach (ulong hash in _phrase.Hashes)
        {
            if (!block.MayContain(hash))
                return false;
        }
        return true;
    }

    private bool IsBool => text.Equals("true", StringComparison.OrdinalIgnoreCase)
        || text.Equals("false", StringComparison.OrdinalIgnoreCase);

    private bool IsHex => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);

    private bool EqualsPlain(FieldValue value) => value.Kind switch
    {
        ValueKind.Int or ValueKind.Double => _number is { } number && Number.Of(value)?.CompareTo(number) == 0,
        ValueKind.True or ValueKind.False or ValueKind.Bytes =>
            text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}

/// <summary>A number without loss: whole numbers stay exact beyond 2^53.</summary>
internal readonly record struct Number(long Whole, double Real, bool IsWhole)
{
    /// <summary>Null for a value that is no number and no text of one.</summary>
    public static Number? Of(FieldValue value) => value.Kind switch
    {
        ValueKind.Int => new Number(value.AsInt, value.AsInt, true),
        ValueKind.Double => double.IsNaN(value.AsDouble) ? null : new Number(0, value.AsDouble, false),
        ValueKind.String => Parse(value.Payload),
        _ => null,
    };

    public static Number? Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 64 || !(char.IsAsciiDigit((char)text[^1]) || text[^1] == '.'))
            return null;
        if (Utf8Parser.TryParse(text, out long whole, out int used) && used == text.Length)
            return new Number(whole, whole, true);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
            ? new Number(0, real, false)
            : null;
    }

    public int CompareTo(Number other)
    {
        if (IsWhole && other.IsWhole)
            return Whole.CompareTo(other.Whole);
        if (!IsWhole && !other.IsWhole)
            return Real.CompareTo(other.Real);
        return IsWhole ? Compare(Whole, other.Real) : -Compare(other.Whole, Real);
    }

    /// <summary>Exact, also where a fraction cannot hold the whole number.</summary>
    private static int Compare(long whole, double real)
    {
        const double Limit = 9223372036854775808.0;
        if (real >= Limit)
            return -1;
        if (real < -Limit)
            return 1;
        double floor = Math.Floor(real);
        int order = whole.CompareTo((long)floor);
        return order != 0 ? order : real > floor ? -1 : 0;
    }
}
