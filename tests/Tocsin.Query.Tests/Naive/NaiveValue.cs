using System.Globalization;
using System.Text.Json;
using Tocsin.Model;

namespace Tocsin.Query.Tests.Naive;

internal readonly record struct NaiveLevel(int Family);

internal readonly record struct NaiveJson(string Text);

/// <summary>
/// The meaning of values, written a second time and as plainly as possible. A value is null (missing), bool, long, double,
/// string, Instant, NaiveLevel or NaiveJson.
/// </summary>
internal static class NaiveValue
{
    public static object? Of(object? stored) => stored switch
    {
        int i => (long)i,
        byte[] bytes => Convert.ToHexStringLower(bytes),
        object?[] or IReadOnlyDictionary<string, object?> => new NaiveJson(JsonSerializer.Serialize(stored)),
        _ => stored,
    };

    public static string Text(object? value) => value switch
    {
        null => "",
        bool b => b ? "true" : "false",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        NaiveLevel level => new[] { "unknown", "trace", "debug", "info", "warn", "error", "fatal" }[level.Family],
        NaiveJson json => json.Text,
        _ => value.ToString()!,
    };

    public static int Class(object? value) => value switch
    {
        null => 9,
        bool => 0,
        Instant => 2,
        NaiveLevel => 3,
        NaiveJson => 5,
        _ => NaiveNumber.Of(value) is null ? 4 : 1,
    };

    public static int Order(object? a, object? b)
    {
        if (Class(a) != Class(b))
            return Class(a).CompareTo(Class(b));
        return a switch
        {
            null => 0,
            bool x => x.CompareTo((bool)b!),
            Instant x => x.CompareTo((Instant)b!),
            NaiveLevel x => x.Family.CompareTo(((NaiveLevel)b!).Family),
            _ when Class(a) == 1 => NaiveNumber.Order(NaiveNumber.Of(a)!, NaiveNumber.Of(b)!),
            _ => OrderText(Text(a), Text(b)),
        };
    }

    public static int OrderText(string a, string b) =>
        System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b));

    /// <summary>Null when they cannot be compared.</summary>
    public static int? Compare(object? a, object? b)
    {
        if (a is null || b is null)
            return null;
        if (a is NaiveLevel || b is NaiveLevel)
            return Family(a) is { } x && Family(b) is { } y ? x.CompareTo(y) : null;
        if (a is Instant || b is Instant)
            return Nanos(a) is { } x && Nanos(b) is { } y ? x.CompareTo(y) : null;
        if (Class(a) == Class(b))
            return Order(a, b);
        return a is string || b is string ? OrderText(Text(a), Text(b)) : null;
    }

    public static object? Sum(string sign, object? a, object? b)
    {
        if (a is Instant || b is Instant)
        {
            decimal? nanos = (sign, a, b) switch
            {
                ("-", Instant x, Instant y) => (decimal)x.UnixNanos - y.UnixNanos,
                ("-", Instant x, long y) => (decimal)x.UnixNanos - y,
                ("+", Instant x, long y) => (decimal)x.UnixNanos + y,
                ("+", long x, Instant y) => x + (decimal)y.UnixNanos,
                _ => null,
            };
            bool fits = nanos is >= long.MinValue and <= long.MaxValue;
            return !fits ? null : a is Instant && b is Instant ? (long)nanos!.Value : new Instant((long)nanos!.Value);
        }

        return NaiveNumber.Compute(sign, a, b);
    }

    /// <summary>To compare answers: fractions by nine digits, since sums may differ in the last.</summary>
    public static string Show(object? value) => value switch
    {
        null => "-",
        double d => (d == 0 ? 0 : d).ToString("G9", CultureInfo.InvariantCulture),
        string { Length: 0 } => "''",
        _ => Text(value),
    };

    private static int? Family(object value) => value switch
    {
        NaiveLevel level => level.Family,
        string s when Severity.Parse(s) is { } number => Severity.Family(number),
        _ => null,
    };

    public static long? Nanos(object? value) => value switch
    {
        Instant time => time.UnixNanos,
        long nanos => nanos,
        string s when s.Length >= 8 && s[4] == '-' && DateTimeOffset.TryParse(s, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) =>
            Instant.From(time).UnixNanos,
        _ => null,
    };
}
