using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tocsin.Model;
using Tocsin.Query.Aggregates;

namespace Tocsin.Query.Tests.Naive;

/// <summary>One value of many rows.</summary>
internal static class NaiveAggregates
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="call">What is asked.</param>
    /// <param name="rows">Of the group.</param>
    /// <param name="seconds">Of the time it spans; 0 when that has no end.</param>
    public static object? Of(AggregateCall call, List<NaiveRow> rows, double seconds)
    {
        var values = call.Arguments.Count == 0 ? [] : rows
            .OrderBy(r => r.Time).ThenBy(r => r.Place)
            .Select(r => NaiveExpression.Of(call.Arguments[0], r)).Where(v => v is not null).ToList();
        // Of numbers that are equal, whole ones come first.
        object[] numbers = [.. values.Select(NaiveNumber.Of).OfType<object>().Order(Comparer<object>.Create(NaiveNumber.Order)).ThenBy(n => n is double)];
        switch (call.Function)
        {
            case "count": return call.Arguments.Count == 0 ? (long)rows.Count : values.Count;
            case "distinct": return (long)values.Select(NaiveValue.Text).Distinct().Count();
            case "sum": return Sum(numbers);
            case "avg": return Sum(numbers) is { } total ? NaiveNumber.Real(total) / numbers.Length : null;
            case "min": return Best(values, 1);
            case "max": return Best(values, -1);
            case "first": return values.FirstOrDefault();
            case "last": return values.LastOrDefault();
            case "values":
                string[] texts = [.. values.Select(NaiveValue.Text).Distinct().Order(Comparer<string>.Create(NaiveValue.OrderText)).Take(100)];
                return new NaiveJson(JsonSerializer.Serialize(texts, s_json));
            case "rate":
                object? amount = call.Arguments.Count == 0 ? (long)rows.Count : Sum(numbers);
                return seconds <= 0 || amount is null ? null : NaiveNumber.Real(amount) / seconds;
            case "stddev":
                double[] reals = [.. numbers.Select(NaiveNumber.Real)];
                // From the first one on, so that equal numbers have exactly themselves as their mean.
                double mean = reals.Length == 0 ? 0 : reals[0] + reals.Average(n => n - reals[0]);
                return reals.Length < 2 ? null : Math.Sqrt(reals.Sum(n => Math.Pow(n - mean, 2)) / (reals.Length - 1));
            default:
                double percent = call.Function == "percentile"
                    ? NaiveNumber.Real(NaiveNumber.Of(NaiveExpression.Of(call.Arguments[1], null!))!)
                    : double.Parse(call.Function[1..]);
                return numbers.Length == 0 ? null : numbers[Math.Clamp((int)Math.Ceiling(percent / 100 * numbers.Length), 1, numbers.Length) - 1];
        }
    }

    /// <summary>Exact as long as all are whole.</summary>
    private static object? Sum(object[] numbers)
    {
        BigInteger whole = numbers.OfType<long>().Aggregate(BigInteger.Zero, (sum, n) => sum + n);
        double[] reals = [.. numbers.OfType<double>()];
        return numbers.Length == 0 ? null : reals.Length == 0 ? NaiveNumber.Fit(whole) : NaiveNumber.Real(whole) + reals.Sum();
    }

    private static object? Best(List<object?> values, int sign)
    {
        Type[] kinds = [typeof(bool), typeof(long), typeof(double), typeof(Instant), typeof(NaiveLevel), typeof(string), typeof(NaiveJson)];
        return values.OrderBy(v => v, Comparer<object?>.Create((a, b) => sign * NaiveValue.Order(a, b)))
            .ThenBy(v => Array.IndexOf(kinds, v!.GetType())).ThenBy(NaiveValue.Text, Comparer<string>.Create(NaiveValue.OrderText)).FirstOrDefault();
    }
}
