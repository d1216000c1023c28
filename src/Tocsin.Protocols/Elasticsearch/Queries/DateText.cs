using System.Globalization;
using System.Text;
using Tocsin.Model;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Elasticsearch.Queries;

/// <summary>All moments that a date as written may mean: of 2026-01-02 the whole day.</summary>
/// <param name="Start">Inclusive.</param>
/// <param name="End">Exclusive.</param>
internal readonly record struct DateSpan(Instant Start, Instant End);

/// <summary>Reads dates, date math and the names of formats.</summary>
internal sealed class DateText(TimeProvider clock)
{
    private const long Millisecond = 1_000_000, Second = 1_000_000_000;

    // Years that nanoseconds in 64 bits can hold.
    private const int FirstYear = 1678, LastYear = 2261;

    private readonly DateTimeOffset _now = clock.GetUtcNow();

    /// <summary>now-1h/d, 2026-01-02||+1M, 2026-01-02T03:04:05.678+02:00, 1767323045678.</summary>
    /// <param name="zone">Of dates without an offset, and of rounding.</param>
    /// <param name="format">As in a range query; null for the usual ones.</param>
    public DateSpan Read(ElasticJson value, TimeZoneInfo zone, string? format) =>
        TryRead(value.Scalar(), zone, format) ?? throw value.Wrong("a date in the format [" + (format ?? "strict_date_optional_time||epoch_millis") + "]");

    public DateSpan? TryRead(string text, TimeZoneInfo zone, string? format)
    {
        if (text.StartsWith("now", StringComparison.Ordinal))
            return Math(Span(Instant.From(_now), Millisecond), text[3..], zone);
        int bars = text.IndexOf("||", StringComparison.Ordinal);
        string math = bars < 0 ? "" : text[(bars + 2)..];
        return Plain(bars < 0 ? text : text[..bars], zone, format) is { } date ? Math(date, math, zone) : null;
    }

    /// <summary>UTC, an offset such as +02:00, or a name such as Europe/Berlin.</summary>
    public static TimeZoneInfo Zone(ElasticJson value)
    {
        string name = value.Text();
        if (name is "Z" or "UTC" or "utc" or "GMT")
            return TimeZoneInfo.Utc;
        if (name.Length > 1 && name[0] is '+' or '-' && TryOffset(name) is { } offset)
            return offset == TimeSpan.Zero ? TimeZoneInfo.Utc : TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name);
        return name.Length is > 1 and < 64 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone)
            ? zone
            : throw value.Wrong("a time zone such as +02:00 or Europe/Berlin");
    }

    private static TimeSpan? TryOffset(string text) =>
        TimeSpan.TryParseExact(text[1..], [@"hh\:mm", "hhmm", "hh", "%h"], CultureInfo.InvariantCulture, out TimeSpan offset)
            && offset < TimeSpan.FromHours(15)
            ? text[0] == '-' ? -offset : offset
            : null;

    private static DateSpan? Plain(string text, TimeZoneInfo zone, string? format)
    {
        foreach (string one in (format ?? "strict_date_optional_time||epoch_millis").Split("||"))
        {
            DateSpan? date = one switch
            {
                "epoch_millis" => Epoch(text, Millisecond),
                "epoch_second" => Epoch(text, Second),
                "strict_date_optional_time" or "date_optional_time" or "strict_date_optional_time_nanos" or "iso8601" => Iso(text, zone),
                _ => Pattern(text, one, zone),
            };
            if (date is not null)
                return date;
        }
        return null;
    }

    private static DateSpan? Epoch(string text, long unit)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)
            || decimal.Abs(count) > long.MaxValue / unit - 1)
            return null;
        return Span(new Instant((long)(count * unit)), count == decimal.Truncate(count) ? unit : 1);
    }

    private static DateSpan? Iso(string text, TimeZoneInfo zone)
    {
        switch (text.Length)
        {
            case 4 when Number(text) is { } year:
                return Local(year, 1, 1, zone, 'y');
            case 7 when text[4] == '-' && Number(text[..4]) is { } year && Number(text[5..]) is { } month:
                return Local(year, month, 1, zone, 'M');
            case 10 when text[4] == '-' && text[7] == '-' && Number(text[..4]) is { } year && Number(text[5..7]) is { } month && Number(text[8..]) is { } day:
                return Local(year, month, day, zone, 'd');
        }
        int clock = text.IndexOfAny(['T', 't', ' ']);
        if (clock != 10)
            return null;
        int end = text.IndexOfAny(['Z', 'z', '+', '-'], clock);
        string offset = end < 0 ? "" : text[end..], local = end < 0 ? text : text[..end];
        // Hours alone, or hours and minutes.
        (string whole, long unit) = local.Length switch
        {
            13 => (local + ":00:00", 3600 * Second),
            16 => (local + ":00", 60 * Second),
            19 => (local, Second),
            > 20 and < 24 => (local, (long)System.Math.Pow(10, 29 - local.Length)),
            _ => (local, (long)System.Math.Pow(10, System.Math.Max(0, 29 - local.Length))),
        };
        if (!TimeText.TryParse(Encoding.UTF8.GetBytes(whole + offset), out ulong nanos) || Number(text[..4]) is < FirstYear or > LastYear)
            return null;
        var time = new Instant((long)nanos);
        return Span(offset.Length > 0 ? time : FromLocal(time.UnixNanos, zone), unit);
    }

    private static DateSpan? Pattern(string text, string format, TimeZoneInfo zone)
    {
        if (JavaDateFormat.ToDotnet(format) is not { } pattern
            || !DateTimeOffset.TryParseExact(text, pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            || time.Year is < FirstYear or > LastYear)
            return null;
        bool ownOffset = pattern.Contains('z') || pattern.Contains('K');
        Instant start = ownOffset ? Instant.From(time) : FromLocal(Instant.From(time).UnixNanos, zone);
        char unit = pattern.Contains('f') ? 'f' : pattern.Contains('s') ? 's' : pattern.Contains('m') ? 'm'
            : pattern.Contains('H') ? 'h' : pattern.Contains('d') ? 'd' : pattern.Contains('M') ? 'M' : 'y';
        return unit == 'f' ? Span(start, Millisecond) : new DateSpan(start, Add(start, 1, unit, zone));
    }

    private static DateSpan? Local(int year, int month, int day, TimeZoneInfo zone, char unit)
    {
        if (year is < FirstYear or > LastYear || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return null;
        Instant start = FromLocal(Instant.From(new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero)).UnixNanos, zone);
        return new DateSpan(start, Add(start, 1, unit, zone));
    }

    // +1h, -2d, /d and so on, one behind the other.
    private static DateSpan? Math(DateSpan date, string math, TimeZoneInfo zone)
    {
        int at = 0;
        while (at < math.Length)
        {
            char sign = math[at++];
            int digits = at;
            while (at < math.Length && char.IsAsciiDigit(math[at]))
                at++;
            string number = math[digits..at];
            if (at == math.Length || sign is not ('+' or '-' or '/') || !"yMwdhHms".Contains(math[at]) || number.Length > 6
                || sign == '/' && number.Length > 0)
                return null;
            char unit = math[at++];
            if (sign == '/')
            {
                Instant start = Floor(date.Start, unit, zone);
                date = new DateSpan(start, Add(start, 1, unit, zone));
                continue;
            }
            int count = (number.Length == 0 ? 1 : Number(number)!.Value) * (sign == '-' ? -1 : 1);
            if (!Fits(date.Start, count, unit))
                return null;
            Instant moved = Add(date.Start, count, unit, zone);
            date = new DateSpan(moved, new Instant(moved.UnixNanos + (date.End.UnixNanos - date.Start.UnixNanos)));
        }
        return date;
    }

    private static bool Fits(Instant start, int count, char unit)
    {
        double years = count / unit switch { 'y' => 1.0, 'M' => 12, 'w' => 52, 'd' => 365, 'h' or 'H' => 8760, 'm' => 525_600, _ => 31_536_000.0 };
        double year = start.ToDateTimeOffset().Year + years;
        return year is > FirstYear + 1 and < LastYear - 1;
    }

    private static Instant Add(Instant time, int count, char unit, TimeZoneInfo zone)
    {
        if (unit is 'h' or 'H' or 'm' or 's')
            return new Instant(time.UnixNanos + count * (unit switch { 'm' => 60 * Second, 's' => Second, _ => 3600 * Second }));
        DateTime local = Clock(time, zone);
        long below = time.UnixNanos - Instant.From(time.ToDateTimeOffset()).UnixNanos;
        DateTime moved = unit switch
        {
            'y' => local.AddYears(count),
            'M' => local.AddMonths(count),
            'w' => local.AddDays(7.0 * count),
            _ => local.AddDays(count),
        };
        return FromLocal(Nanos(moved) + below, zone);
    }

    private static Instant Floor(Instant time, char unit, TimeZoneInfo zone)
    {
        DateTime local = Clock(time, zone);
        DateTime floor = unit switch
        {
            'y' => new DateTime(local.Year, 1, 1),
            'M' => new DateTime(local.Year, local.Month, 1),
            'w' => local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)),
            'd' => local.Date,
            'h' or 'H' => local.Date.AddHours(local.Hour),
            'm' => local.Date.AddMinutes((int)local.TimeOfDay.TotalMinutes),
            _ => local.Date.AddSeconds((int)local.TimeOfDay.TotalSeconds),
        };
        return FromLocal(Nanos(floor), zone);
    }

    private static DateTime Clock(Instant time, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), zone).DateTime;

    // Clocks that are set forward show some times never: those are taken as if they had not been set yet.
    private static Instant FromLocal(long localNanos, TimeZoneInfo zone)
    {
        DateTime clock = new Instant(localNanos).ToDateTimeOffset().DateTime;
        return new Instant(localNanos - zone.GetUtcOffset(clock).Ticks * 100);
    }

    private static long Nanos(DateTime clock) => (clock.Ticks - DateTime.UnixEpoch.Ticks) * 100;

    private static DateSpan Span(Instant start, long length) => new(start, new Instant(start.UnixNanos + length));

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
