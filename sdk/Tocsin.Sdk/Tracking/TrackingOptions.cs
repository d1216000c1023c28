using System.Globalization;
using TocsinSdk.Configuration;

namespace TocsinSdk;

/// <summary>Performance scopes and slow operations.</summary>
[Live]
public sealed class TrackingOptions
{
    /// <summary>Whether operations are measured at all; default true. When off, Tocsin.Track costs nothing.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Duration from which an operation is reported as slow ("performance_alert"); default 30 s. A threshold given
    /// where the operation begins, or
    /// in <see cref="Thresholds"/>, goes before it.
    /// </summary>
    public TimeSpan SlowThreshold { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Thresholds by name of the operation, as 00:00:05, 250ms, 5s or 2m; they go before those in code. Default none.
    /// </summary>
    public Dictionary<string, string> Thresholds { get; set; } = [];

    /// <summary>
    /// How often one statement may run within one request or operation before it is reported as N+1; 0 turns that
    /// off; default 10.
    /// </summary>
    public int RepeatedQueryLimit { get; set; } = 10;

    /// <summary>
    /// Whether CPU time is measured; default true. Costs a system call whenever an operation moves to a thread.
    /// </summary>
    public bool MeasureCpu { get; set; } = true;

    /// <summary>
    /// Names of operations told apart in metrics and in the summary; later ones count as "other"; default 200.
    /// </summary>
    public int MaxOperations { get; set; } = 200;

    internal IEnumerable<string> Problems()
    {
        if (SlowThreshold <= TimeSpan.Zero)
            yield return $"Tracking.SlowThreshold is {SlowThreshold}; expected more than zero";
        if (RepeatedQueryLimit is < 0 or 1)
            yield return $"Tracking.RepeatedQueryLimit is {RepeatedQueryLimit}; expected 0 (off), or 2 and more";
        if (MaxOperations is < 1 or > 100_000)
            yield return $"Tracking.MaxOperations is {MaxOperations}; expected 1 to 100000";
        foreach (var (operation, text) in Thresholds)
            if (ThresholdOf(text) is null)
                yield return
                    $"Tracking.Thresholds.{operation} is \"{text}\"; "
                    + "expected a time above zero, as 00:00:05, 250ms, 5s or 2m";
    }

    /// <summary>Null when the text is no time above zero.</summary>
    internal static TimeSpan? ThresholdOf(string text)
    {
        var trimmed = text.AsSpan().Trim();
        TimeSpan? span = trimmed switch
        {
            [.. var number, 'm', 's'] => Times(number, TimeSpan.TicksPerMillisecond),
            [.. var number, 's'] => Times(number, TimeSpan.TicksPerSecond),
            [.. var number, 'm'] => Times(number, TimeSpan.TicksPerMinute),
            _ => TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out var parsed) ? parsed : null,
        };
        return span > TimeSpan.Zero ? span : null;
    }

    private static TimeSpan? Times(ReadOnlySpan<char> number, long ticks) =>
        double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
        && value < TimeSpan.FromDays(3650).Ticks / (double)ticks
            ? TimeSpan.FromTicks((long)(value * ticks)) : null;
}
