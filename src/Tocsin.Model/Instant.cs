using System.Globalization;

namespace Tocsin.Model;

/// <summary>A point in time: nanoseconds since 1970-01-01T00:00:00Z, leap seconds ignored.</summary>
public readonly record struct Instant(long UnixNanos) : IComparable<Instant>
{
    private const long NanosPerTick = 100;

    public static Instant Now(TimeProvider clock) => From(clock.GetUtcNow());

    public static Instant From(DateTimeOffset time) =>
        new((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NanosPerTick);

    public static Instant FromMilliseconds(long unixMilliseconds) => new(unixMilliseconds * 1_000_000);

    /// <summary>
    /// Reads ISO 8601 with up to nine digits behind the second; without an offset it is UTC. Null for anything else, and for a year that
    /// does not fit.
    /// </summary>
    public static Instant? Parse(string text)
    {
        if (text.Length is < 8 or > 40 || !char.IsAsciiDigit(text[0]) || !text.AsSpan(4).StartsWith("-"))
            return null;
        int point = text.IndexOf('.');
        int digits = 0;
        while (point >= 0 && point + 1 + digits < text.Length && char.IsAsciiDigit(text[point + 1 + digits]))
            digits++;
        if (digits > 9)
            return null;
        string whole = digits == 0 ? text : text.Remove(point, digits + 1);
        if (!DateTimeOffset.TryParse(whole, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            || time.Year is < 1678 or > 2261)
            return null;
        long nanos = digits == 0 ? 0
            : long.Parse(text.Substring(point + 1, digits).PadRight(9, '0'), CultureInfo.InvariantCulture);
        return new Instant(From(time).UnixNanos + nanos);
    }

    /// <summary>Rounds down.</summary>
    public long UnixMilliseconds => Floor(UnixNanos, 1_000_000);

    /// <summary>Rounds down to 100 ns, the resolution of <see cref="DateTimeOffset"/>.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(Floor(UnixNanos, NanosPerTick));

    public Instant Add(TimeSpan span) => new(UnixNanos + span.Ticks * NanosPerTick);

    public int CompareTo(Instant other) => UnixNanos.CompareTo(other.UnixNanos);

    public static TimeSpan operator -(Instant a, Instant b) => new((a.UnixNanos - b.UnixNanos) / NanosPerTick);
    public static bool operator <(Instant a, Instant b) => a.UnixNanos < b.UnixNanos;
    public static bool operator >(Instant a, Instant b) => a.UnixNanos > b.UnixNanos;
    public static bool operator <=(Instant a, Instant b) => a.UnixNanos <= b.UnixNanos;
    public static bool operator >=(Instant a, Instant b) => a.UnixNanos >= b.UnixNanos;

    /// <summary>ISO 8601 in UTC with nanoseconds, for example 2026-01-02T03:04:05.000000006Z.</summary>
    public override string ToString() =>
        $"{ToDateTimeOffset():yyyy-MM-ddTHH:mm:ss}.{(UnixNanos % 1_000_000_000 + 1_000_000_000) % 1_000_000_000:D9}Z";

    private static long Floor(long value, long step) => value / step - (value % step < 0 ? 1 : 0);
}
