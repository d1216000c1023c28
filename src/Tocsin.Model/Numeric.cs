using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tocsin.Model.Events;

namespace Tocsin.Model;

/// <summary>A number without loss: whole numbers stay exact, and compare exactly with fractions.</summary>
public readonly record struct Numeric(bool IsWhole, long Whole, double Real) : IComparable<Numeric>
{
    private const int LongestText = 64;

    public double AsDouble => IsWhole ? Whole : Real;

    public static Numeric Of(long value) => new(true, value, 0);

    public static Numeric Of(double value) => new(false, 0, value);

    /// <summary>Null for what is no number and no text of one; also for NaN, which compares with nothing.</summary>
    public static Numeric? Of(FieldValue value) => value.Kind switch
    {
        ValueKind.Int => Of(value.AsInt),
        ValueKind.Double => double.IsNaN(value.AsDouble) ? null : Of(value.AsDouble),
        ValueKind.String => Parse(value.Payload),
        _ => null,
    };

    public static Numeric? Parse(string text)
    {
        if (text.Length is 0 or > LongestText || !EndsLikeNumber(text[^1]))
            return null;
        Span<byte> utf8 = stackalloc byte[3 * LongestText];
        return Parse(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    /// <summary>Numbers are 500, -1.5 and 2e3; not 1,000, NaN or 0x10.</summary>
    public static Numeric? Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > LongestText || !EndsLikeNumber((char)text[^1]))
            return null;
        if (Utf8Parser.TryParse(text, out long whole, out int used) && used == text.Length)
            return Of(whole);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
            ? Of(real)
            : null;
    }

    public int CompareTo(Numeric other)
    {
        if (IsWhole && other.IsWhole)
            return Whole.CompareTo(other.Whole);
        if (!IsWhole && !other.IsWhole)
            return Real.CompareTo(other.Real);
        return IsWhole ? Compare(Whole, other.Real) : -Compare(other.Whole, Real);
    }

    public static bool operator <(Numeric left, Numeric right) => left.CompareTo(right) < 0;

    public static bool operator >(Numeric left, Numeric right) => left.CompareTo(right) > 0;

    public static bool operator <=(Numeric left, Numeric right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Numeric left, Numeric right) => left.CompareTo(right) >= 0;

    // A fraction cannot hold every whole number.
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

    private static bool EndsLikeNumber(char last) => char.IsAsciiDigit(last) || last == '.';
}
