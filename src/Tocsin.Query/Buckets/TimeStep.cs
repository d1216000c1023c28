using Tocsin.Model;

namespace Tocsin.Query.Buckets;

/// <summary>A unit of the calendar.</summary>
public enum CalendarUnit
{
    Minute,
    Hour,
    Day,

    /// <summary>Begins on Monday.</summary>
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>Cuts time into steps of equal length or of the calendar, as clocks of a time zone show them. Any thread.</summary>
public sealed class TimeStep
{
    private readonly long _nanos;
    private readonly CalendarUnit? _unit;
    private readonly TimeZoneInfo _zone;
    private readonly long _offset;

    private TimeStep(long nanos, CalendarUnit? unit, TimeZoneInfo zone, long offset) =>
        (_nanos, _unit, _zone, _offset) = (nanos, unit, zone, offset);

    public TimeZoneInfo Zone => _zone;

    /// <param name="nanos">At least 1 ms.</param>
    /// <param name="zone">Whose midnight the steps are counted from.</param>
    /// <param name="offsetNanos">Moves the borders.</param>
    public static TimeStep Of(long nanos, TimeZoneInfo zone, long offsetNanos = 0) => new(nanos, null, zone, offsetNanos);

    public static TimeStep Of(CalendarUnit unit, TimeZoneInfo zone, long offsetNanos = 0)
    {
        // Minutes, and hours and days of clocks that are never changed, have one length.
        bool steady = !zone.SupportsDaylightSavingTime && zone.BaseUtcOffset == TimeSpan.Zero;
        return unit switch
        {
            CalendarUnit.Minute => Of(NanosPerMinute, zone, offsetNanos),
            CalendarUnit.Hour when steady => Of(60 * NanosPerMinute, zone, offsetNanos),
            CalendarUnit.Day when steady => Of(24 * 60 * NanosPerMinute, zone, offsetNanos),
            _ => new TimeStep(0, unit, zone, offsetNanos),
        };
    }

    /// <summary>The step's length when the steps begin at multiples of it since 1970; else null.</summary>
    public TimeSpan? Plain => _unit is null && _offset == 0 && IsUtc && _nanos % 1000 == 0 ? new TimeSpan(_nanos / 100) : null;

    /// <summary>Start of the step that the time lies in.</summary>
    public Instant Floor(Instant time)
    {
        long shifted = time.UnixNanos - _offset;
        if (_unit is null && IsUtc)
            return new Instant(Floor(shifted, _nanos) + _offset);
        long local = shifted + OffsetAt(shifted);
        long start = _unit is null ? Floor(local, _nanos) : Nanos(Floor(Clock(local), _unit.Value));
        return new Instant(ToUtc(start, near: shifted) + _offset);
    }

    /// <summary>Start of the step after one that begins here.</summary>
    public Instant Next(Instant start)
    {
        long shifted = start.UnixNanos - _offset;
        if (_unit is null && IsUtc)
            return new Instant(shifted + _nanos + _offset);
        long local = shifted + OffsetAt(shifted);
        long next = _unit is null ? local + _nanos : Nanos(Add(Clock(local), _unit.Value));
        var after = new Instant(ToUtc(next, near: shifted) + _offset);
        if (after <= start)
            after = new Instant(start.UnixNanos + 60 * NanosPerMinute);
        // Where clocks are set back, an hour comes twice, and its second time begins a step of its own.
        Instant between = Floor(new Instant(after.UnixNanos - 1));
        return between > start ? between : after;
    }

    private const long NanosPerMinute = 60_000_000_000, NanosPerTick = 100;

    private bool IsUtc => _zone.BaseUtcOffset == TimeSpan.Zero && !_zone.SupportsDaylightSavingTime;

    private long OffsetAt(long utcNanos) => _zone.GetUtcOffset(new Instant(utcNanos).ToDateTimeOffset()).Ticks * NanosPerTick;

    // Of two moments that show the same clock the one with the offset of the time that was asked about.
    private long ToUtc(long local, long near)
    {
        long before = local - OffsetAt(near);
        if (before + OffsetAt(before) == local)
            return before;
        long other = local - OffsetAt(before);
        return other + OffsetAt(other) == local ? other : Math.Max(before, other);
    }

    private static DateTime Clock(long localNanos) => new Instant(localNanos).ToDateTimeOffset().DateTime;

    private static long Nanos(DateTime clock) => (clock.Ticks - DateTime.UnixEpoch.Ticks) * NanosPerTick;

    private static DateTime Floor(DateTime clock, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Hour => clock.Date.AddHours(clock.Hour),
        CalendarUnit.Day => clock.Date,
        CalendarUnit.Week => clock.Date.AddDays(-(((int)clock.DayOfWeek + 6) % 7)),
        CalendarUnit.Month => new DateTime(clock.Year, clock.Month, 1),
        CalendarUnit.Quarter => new DateTime(clock.Year, (clock.Month - 1) / 3 * 3 + 1, 1),
        CalendarUnit.Year => new DateTime(clock.Year, 1, 1),
        _ => clock.Date.AddMinutes((int)clock.TimeOfDay.TotalMinutes),
    };

    private static DateTime Add(DateTime clock, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Hour => clock.AddHours(1),
        CalendarUnit.Day => clock.AddDays(1),
        CalendarUnit.Week => clock.AddDays(7),
        CalendarUnit.Month => clock.AddMonths(1),
        CalendarUnit.Quarter => clock.AddMonths(3),
        CalendarUnit.Year => clock.AddYears(1),
        _ => clock.AddMinutes(1),
    };

    private static long Floor(long value, long step) => value - (value % step + step) % step;
}
