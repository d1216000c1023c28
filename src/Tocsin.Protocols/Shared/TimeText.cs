using System.Buffers.Text;

namespace Tocsin.Protocols.Shared;

/// <summary>
/// Times as clients write them, as nanoseconds since 1970. 0 means unknown throughout the ingest path, so a time at or
/// before 1970 becomes 1: far too old, and rejected as such.
/// </summary>
internal static class TimeText
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Saturates. Both zero is unknown.</summary>
    public static ulong Nanos(long seconds, long nanos)
    {
        Int128 time = (Int128)seconds * NanosPerSecond + nanos;
        return seconds == 0 && nanos == 0 ? 0 : (ulong)Int128.Clamp(time, 1, long.MaxValue);
    }

    /// <summary>
    /// RFC 3339 and its relatives: 2026-01-02T03:04:05.678901234Z, a blank instead of T, a comma instead of the dot, an
    /// offset with or without a colon; without any offset it is UTC. Digits past the ninth are dropped.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong unixNanos)
    {
        unixNanos = 0;
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':'
            || text[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
            return false;
        int year = Digits(text[..4]), month = Digits(text.Slice(5, 2)), day = Digits(text.Slice(8, 2));
        int hour = Digits(text.Slice(11, 2)), minute = Digits(text.Slice(14, 2)), second = Digits(text.Slice(17, 2));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 60)
            return false;
        text = text[19..];
        if (!TryFraction(ref text, out long nanos) || !TryOffset(text, out int offset))
            return false;
        long days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        unixNanos = Math.Max(1, Nanos(days * 86_400 + hour * 3600 + minute * 60 + second - offset, nanos));
        return true;
    }

    /// <summary>
    /// A number since 1970: seconds, milliseconds, microseconds or nanoseconds, told apart by its size, so that any time
    /// from 1973 to 5138 is read right. A fraction counts in the same unit.
    /// </summary>
    public static bool TryEpoch(ReadOnlySpan<byte> number, out ulong unixNanos)
    {
        unixNanos = 0;
        int digits = number.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        ReadOnlySpan<byte> fraction = digits < 0 ? default : number[digits..];
        ReadOnlySpan<byte> whole = digits < 0 ? number : number[..digits];
        if (!Utf8Parser.TryParse(whole, out long value, out _))
            return false;
        (long scale, int places) = value switch
        {
            < 100_000_000_000 => (NanosPerSecond, 9),
            < 100_000_000_000_000 => (1_000_000, 6),
            < 100_000_000_000_000_000 => (1000, 3),
            _ => (1L, 0),
        };
        long rest = 0;
        if (!fraction.IsEmpty)
        {
            if (fraction[0] != '.' || fraction.Length < 2
                || fraction[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
                return false;
            for (int i = 1; i <= places; i++)
                rest = rest * 10 + (i < fraction.Length ? fraction[i] - '0' : 0);
        }
        unixNanos = (ulong)Int128.Clamp((Int128)value * scale + rest, 1, long.MaxValue);
        return true;
    }

    // Up to nine digits after a dot or comma, passed over.
    private static bool TryFraction(scoped ref ReadOnlySpan<byte> text, out long nanos)
    {
        nanos = 0;
        if (text.IsEmpty || text[0] is not ((byte)'.' or (byte)','))
            return true;
        int length = 1;
        for (; length < text.Length && text[length] is >= (byte)'0' and <= (byte)'9'; length++)
        {
            if (length <= 9)
                nanos = nanos * 10 + (text[length] - '0');
        }
        for (int i = length; i <= 9; i++)
            nanos *= 10;
        text = text[length..];
        return length > 1;
    }

    // Z, +hh:mm, -hhmm, +hh, or nothing; in seconds.
    private static bool TryOffset(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.Length > 1 && text[0] == ' ')
            text = text[1..];
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
            return true;
        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6))
            return false;
        if (text.Length == 6 && text[3] != ':')
            return false;
        int hours = Digits(text.Slice(1, 2)), minutes = text.Length == 3 ? 0 : Digits(text[^2..]);
        if (hours is < 0 or > 23 || minutes is < 0 or > 59)
            return false;
        seconds = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    // -1 when any of them is not a digit.
    internal static int Digits(ReadOnlySpan<byte> text)
    {
        int number = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return -1;
            number = number * 10 + (digit - '0');
        }
        return text.IsEmpty ? -1 : number;
    }
}
