using Tocsin.Model;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Syslog;

/// <summary>
/// Reads the times of RFC 3164, which know neither year nor zone: the zone is the configured one, the year the one in
/// which the time lies nearest to its arrival. Also reads ISO 8601, which rsyslog and others put in the same place.
/// </summary>
internal readonly struct SyslogClock(Instant now, TimeZoneInfo zone)
{
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /// <summary>Passes over the time and the blank after it.</summary>
    public bool TryRead(scoped ref ReadOnlySpan<byte> text, out ulong unixNanos)
    {
        unixNanos = 0;
        int blank = text.IndexOf((byte)' ');
        if (blank >= 19 && TimeText.TryParse(text[..blank], out unixNanos))
        {
            text = text[(blank + 1)..];
            return true;
        }
        // "Mar  4 15:09:26", "Mar 14 2026 15:09:26" and a fraction after either.
        if (text.Length < 15 || text[3] != ' ' || text[6] != ' ')
            return false;
        int month = Month(text[..3]), day = TimeText.Digits(text.Slice(text[4] == ' ' ? 5 : 4, text[4] == ' ' ? 1 : 2));
        ReadOnlySpan<byte> rest = text[7..];
        int year = rest.Length >= 13 && rest[4] == ' ' ? TimeText.Digits(rest[..4]) : 0;
        if (year > 0)
            rest = rest[5..];
        if (month == 0 || year < 0 || !TryTimeOfDay(ref rest, out TimeSpan time, out int nanos))
            return false;
        DateTime? local = year > 0 ? Date(year, month, day, time) : Nearest(month, day, time);
        if (local is null)
            return false;
        unixNanos = (ulong)Math.Clamp(Utc(local.Value).UnixNanos + nanos, 1, long.MaxValue);
        text = rest;
        return true;
    }

    private static bool TryTimeOfDay(scoped ref ReadOnlySpan<byte> text, out TimeSpan time, out int nanos)
    {
        time = default;
        nanos = 0;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':')
            return false;
        int hour = TimeText.Digits(text[..2]), minute = TimeText.Digits(text.Slice(3, 2));
        int second = TimeText.Digits(text.Slice(6, 2));
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 60)
            return false;
        time = new TimeSpan(hour, minute, second);
        int at = 8;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            for (int scale = 100_000_000; at < text.Length && char.IsAsciiDigit((char)text[at]); at++, scale /= 10)
                nanos += (text[at] - '0') * scale;
        }
        // Some write "Mar 14 15:09:26: text".
        if (at < text.Length && text[at] == ':')
            at++;
        if (at < text.Length && text[at] != ' ')
            return false;
        text = at < text.Length ? text[(at + 1)..] : default;
        return true;
    }

    private DateTime? Nearest(int month, int day, TimeSpan time)
    {
        int year = now.ToDateTimeOffset().Year;
        DateTime? best = null;
        for (int candidate = year - 1; candidate <= year + 1; candidate++)
        {
            DateTime? date = Date(candidate, month, day, time);
            if (date is not null && (best is null || (Utc(date.Value) - now).Duration() < (Utc(best.Value) - now).Duration()))
                best = date;
        }
        return best;
    }

    private Instant Utc(DateTime local) => Instant.From(new DateTimeOffset(local, zone.GetUtcOffset(local)));

    private static DateTime? Date(int year, int month, int day, TimeSpan time) =>
        year is < 2 or > 9998 || day < 1 || day > DateTime.DaysInMonth(year, month)
            ? null
            : new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) + time;

    private static int Month(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < 12; i++)
        {
            if (name[0] == Months[3 * i] && name[1] == Months[3 * i + 1] && name[2] == Months[3 * i + 2])
                return i + 1;
        }
        return 0;
    }
}
