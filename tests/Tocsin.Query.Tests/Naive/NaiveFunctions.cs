using System.Globalization;
using System.Text.RegularExpressions;
using Tocsin.Model;
using Tocsin.Query.Patterns;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Naive;

/// <summary>Functions of the language, from values to a value.</summary>
internal static class NaiveFunctions
{
    /// <summary>When queries begin, as the clock of the tests stands still.</summary>
    public static readonly Instant Now = Instant.Now(new FakeClock());

    public static object? Of(string function, object?[] a)
    {
        object? x = a.Length > 0 ? a[0] : null;
        string Text(int i) => NaiveValue.Text(a[i]);
        return function switch
        {
            "if" => x is true ? a[1] : a[2],
            "coalesce" => a.FirstOrDefault(v => v is not null),
            "exists" => x is not null,
            "lower" => x is null ? null : Text(0).ToLowerInvariant(),
            "upper" => x is null ? null : Text(0).ToUpperInvariant(),
            "trim" => x is null ? null : Text(0).Trim(),
            "len" => x is null ? null : (long)Text(0).EnumerateRunes().Count(),
            "concat" => string.Concat(a.Select(NaiveValue.Text)),
            "substr" => x is null ? null : string.Concat(Text(0).EnumerateRunes().Skip((int)(long)a[1]!).Take(a.Length < 3 ? int.MaxValue : (int)(long)a[2]!)),
            "replace" => a.Any(v => v is null) || Text(1).Length == 0 ? x : Text(0).Replace(Text(1), Text(2), StringComparison.Ordinal),
            "startswith" => x is not null && a[1] is not null && Text(0).StartsWith(Text(1), StringComparison.Ordinal),
            "endswith" => x is not null && a[1] is not null && Text(0).EndsWith(Text(1), StringComparison.Ordinal),
            "contains" => x is not null && a[1] is not null && Text(0).Contains(Text(1), StringComparison.OrdinalIgnoreCase),
            "matches" => x is not null && Regex.IsMatch(Text(0), Text(1)),
            "extract" => x is null ? null : Group(Regex.Match(Text(0), Text(1)), a.Length < 3 ? null : Text(2)),
            "pattern" => x is null ? null : MessagePattern.Of(Text(0)),
            "tostring" => x is null ? null : Text(0),
            "tonumber" => x switch
            {
                bool b => b ? 1L : 0L,
                Instant t => t.UnixNanos,
                _ => NaiveNumber.Of(x),
            },
            "abs" => NaiveNumber.Of(x) is { } n ? NaiveNumber.Order(n, 0L) < 0 ? NaiveNumber.Compute("-", 0L, n) : n : null,
            "floor" => Whole(x, Math.Floor),
            "ceil" => Whole(x, Math.Ceiling),
            "round" when a.Length == 1 || a[1] is 0L => Whole(x, d => Math.Round(d, MidpointRounding.AwayFromZero)),
            "round" => NaiveNumber.Of(x) is double d ? Math.Round(d, (int)(long)a[1]!, MidpointRounding.AwayFromZero) : NaiveNumber.Of(x),
            "sqrt" => NaiveNumber.Of(x) is { } n && NaiveNumber.Real(n) >= 0 ? Math.Sqrt(NaiveNumber.Real(n)) : null,
            "bin" => Bin(x, a[1]),
            "least" => Extreme(a, 1),
            "greatest" => Extreme(a, -1),
            "now" => Now,
            "age" => NaiveValue.Sum("-", Now, Time(x)),
            "totime" => Time(x),
            "toduration" => x is long ? x : Length(NaiveValue.Text(x)),
            "date" => Time(x)?.ToDateTimeOffset().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "hour" => (long?)Time(x)?.ToDateTimeOffset().Hour,
            "minute" => (long?)Time(x)?.ToDateTimeOffset().Minute,
            "weekday" => Time(x) is { } t ? new[] { 7L, 1, 2, 3, 4, 5, 6 }[(int)t.ToDateTimeOffset().DayOfWeek] : null,
            _ => throw new ArgumentException(function),
        };
    }

    public static object? Bin(object? value, object? size)
    {
        if (NaiveNumber.Of(size) is not { } step || NaiveNumber.Real(step) <= 0)
            return null;
        if (value is Instant time)
            return step is long nanos ? new Instant((long)Math.Max(long.MinValue, Math.Floor((decimal)time.UnixNanos / nanos) * nanos)) : null;
        if (NaiveNumber.Of(value) is not { } number)
            return null;
        if (number is long whole && step is long by)
            return NaiveNumber.Fit(Floor(whole, by));
        return Math.Floor(NaiveNumber.Real(number) / NaiveNumber.Real(step)) * NaiveNumber.Real(step);
    }

    private static System.Numerics.BigInteger Floor(System.Numerics.BigInteger value, long step)
    {
        System.Numerics.BigInteger times = value / step;
        return (times * step > value ? times - 1 : times) * step;
    }

    private static object? Whole(object? value, Func<double, double> round) =>
        NaiveNumber.Of(value) is double d ? Math.Abs(round(d)) < 9e18 ? (object)(long)round(d) : round(d) : NaiveNumber.Of(value);

    private static object? Extreme(object?[] values, int sign)
    {
        object? best = null;
        foreach (object? value in values)
        {
            if (value is not null && (best is null || NaiveValue.Order(value, best) * sign < 0))
                best = value;
        }
        return best;
    }

    private static string? Group(Match match, string? name)
    {
        if (!match.Success)
            return null;
        Group group = name is not null ? match.Groups[name] : match.Groups.Count > 1 ? match.Groups[1] : match.Groups[0];
        return group.Success ? group.Value : null;
    }

    private static Instant? Time(object? value) => NaiveValue.Nanos(value) is { } nanos ? new Instant(nanos) : null;

    private static object? Length(string text)
    {
        Match match = Regex.Match(text, "^([0-9.]+)(ns|us|ms|s|m|min|h|d|w)\\z");
        (string Unit, decimal Nanos)[] units =
            [("ns", 1m), ("us", 1e3m), ("ms", 1e6m), ("s", 1e9m), ("m", 60e9m), ("min", 60e9m), ("h", 3600e9m), ("d", 86400e9m), ("w", 604800e9m)];
        return match.Success && decimal.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            ? (long)decimal.Round(number * units.First(u => u.Unit == match.Groups[2].Value).Nanos)
            : null;
    }
}
