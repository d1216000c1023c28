namespace TocsinSdk.Logging;

/// <summary>"2026-11-21T04:05:06.1234567Z"; the part down to the second is written once a second and thread.</summary>
internal static class TimeText
{
    private const int SecondLength = 19, Length = SecondLength + 9;

    [ThreadStatic]
    private static byte[]? t_second;

    [ThreadStatic]
    private static long t_secondOf;

    public static void Append(Utf8Text to, DateTimeOffset time)
    {
        var ticks = time.UtcTicks;
        var second = ticks / TimeSpan.TicksPerSecond;
        var fraction = (uint)(ticks - second * TimeSpan.TicksPerSecond);
        if (second != t_secondOf || t_second is null)
            Renew(second);
        var room = to.Room(Length);
        t_second.CopyTo(room);
        room[SecondLength] = (byte)'.';
        for (var i = SecondLength + 7; i > SecondLength; i--)
            (fraction, room[i]) = (fraction / 10, (byte)('0' + fraction % 10));
        room[SecondLength + 8] = (byte)'Z';
        to.Advance(Length);
    }

    private static void Renew(long second)
    {
        t_second ??= new byte[SecondLength];
        new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc).TryFormat(
            t_second, out _, "yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        t_secondOf = second;
    }
}
