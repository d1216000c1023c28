using System.Globalization;
using Tocsin.Model;

namespace Tocsin.Storage.Scan;

/// <summary>
/// The identity of a stored row and its place in every answer: rows are ordered by time, rows of the same time by order
/// of
/// arrival. It never changes, so its text is a paging cursor.
/// </summary>
/// <param name="Sequence">Number of the row among all rows ever stored.</param>
public readonly record struct RowId(Instant Time, ulong Sequence) : IComparable<RowId>
{
    private const int TimeDigits = 16;

    public int CompareTo(RowId other)
    {
        int byTime = Time.CompareTo(other.Time);
        return byTime != 0 ? byTime : Sequence.CompareTo(other.Sequence);
    }

    public static bool operator <(RowId a, RowId b) => a.CompareTo(b) < 0;
    public static bool operator >(RowId a, RowId b) => a.CompareTo(b) > 0;
    public static bool operator <=(RowId a, RowId b) => a.CompareTo(b) <= 0;
    public static bool operator >=(RowId a, RowId b) => a.CompareTo(b) >= 0;

    /// <summary>Sixteen hexadecimal digits of the time in nanoseconds, then sixteen of the sequence number.</summary>
    public override string ToString() => $"{Time.UnixNanos:x16}{Sequence:x16}";

    public static bool TryParse(ReadOnlySpan<char> text, out RowId id)
    {
        id = default;
        // The framework's parser lets NUL characters at the end pass.
        if (text.Length != 2 * TimeDigits || text.Contains('\0')
            || !long.TryParse(text[..TimeDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out long time)
            || !ulong.TryParse(text[TimeDigits..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out ulong sequence))
            return false;
        id = new RowId(new Instant(time), sequence);
        return true;
    }
}
