using System.Text;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Execution;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Aggregates;

/// <summary>Where answers are not exact, they are as close as the guide says.</summary>
public sealed class EstimatesTests
{
    [Theory]
    [InlineData(50.0)]
    [InlineData(95.0)]
    [InlineData(99.9)]
    [InlineData(0.1)]
    public void Percentiles_of_many_numbers_are_within_half_a_percent(double percent)
    {
        Random random = FuzzSeed.Random(5);
        var percentile = new Percentile(new MemoryBudget(1 << 24), percent);
        percentile.Grow(1);
        double[] numbers = [.. Enumerable.Range(0, 100_000).Select(_ => (random.NextDouble() - 0.2) * Math.Pow(10, random.Next(-3, 9)))];
        foreach (double number in numbers)
            percentile.Add(0, number);
        Array.Sort(numbers);
        double exact = numbers[(int)Math.Ceiling(percent / 100 * numbers.Length) - 1];
        Math.Abs(percentile.Result(0).AsDouble - exact).ShouldBeLessThanOrEqualTo(Math.Abs(exact) * 0.00501);
    }

    [Theory]
    [InlineData(100_000, 0.0)]
    [InlineData(1_000_000, 0.02)]
    public void Distinct_counts_are_exact_and_then_close(int count, double off)
    {
        var distinct = new Distinct(new MemoryBudget(1 << 24));
        distinct.Grow(1);
        for (int i = 0; i < count; i++)
            distinct.Add(0, Encoding.UTF8.GetBytes($"user-{i}"));
        Math.Abs(distinct.Result(0).AsInt - count).ShouldBeLessThanOrEqualTo((long)(count * off));
    }

    [Fact]
    public void Sums_of_whole_numbers_are_exact_beyond_64_bits_on_the_way()
    {
        var sum = new Sum(new MemoryBudget(1 << 20));
        sum.Grow(1);
        sum.Add(0, long.MaxValue);
        sum.Add(0, long.MaxValue);
        sum.Add(0, "-9223372036854775807"u8);
        sum.Result(0).AsInt.ShouldBe(long.MaxValue);
    }
}
