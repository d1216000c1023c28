using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Cells;

public sealed class CellOrderTests
{
    [Fact]
    public void Whole_numbers_and_fractions_compare_exactly()
    {
        Numeric.Of(9007199254740993).CompareTo(Numeric.Of(9007199254740992.0)).ShouldBePositive();
        Numeric.Of(long.MaxValue).CompareTo(Numeric.Of(9223372036854775808.0)).ShouldBeNegative();
        Numeric.Of(long.MinValue).CompareTo(Numeric.Of(-9223372036854775808.0)).ShouldBe(0);
        Numeric.Of(-3).CompareTo(Numeric.Of(-3.5)).ShouldBePositive();
        Numeric.Of(double.NegativeInfinity).CompareTo(Numeric.Of(long.MinValue)).ShouldBeNegative();
    }

    [Theory]
    [InlineData(1, "1ns")]
    [InlineData(90_000_000_000, "90s")]
    [InlineData(3_600_000_000_000, "1h")]
    [InlineData(1_500_000, "1500us")]
    public void Lengths_are_spelled_short(long nanos, string want)
    {
        TimeText.OfLength(nanos).ShouldBe(want);
        TimeText.Length(want).ShouldBe(nanos);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void The_order_is_one()
    {
        Random random = FuzzSeed.Random(2);
        Cell[] some =
        [
            Cell.Missing, Cell.Of(true), Cell.Of(false), Cell.Of(1L), Cell.Of(1.0), Cell.Of("1"), Cell.Of("01"), Cell.Of(9007199254740993), Cell.Of(9007199254740992.0),
            Cell.Of(long.MinValue), Cell.Of(double.NaN), Cell.Of(double.PositiveInfinity), Cell.Of(""), Cell.Of("a"), Cell.Of("\uFFFF"), Cell.Of("\U0001F600"),
            Cell.Of(new Instant(5)), Cell.OfLevel(3), Cell.OfLevel(5), Cell.OfJson("[1]"), Cell.Of("1e2"), Cell.Of(100L),
        ];
        for (int i = FuzzSeed.Cases(20_000); i > 0; i--)
        {
            Cell a = some[random.Next(some.Length)], b = some[random.Next(some.Length)], c = some[random.Next(some.Length)];
            Math.Sign(CellOrder.Compare(a, b)).ShouldBe(-Math.Sign(CellOrder.Compare(b, a)));
            if (CellOrder.Compare(a, b) <= 0 && CellOrder.Compare(b, c) <= 0)
                CellOrder.Compare(a, c).ShouldBeLessThanOrEqualTo(0, $"{a} {b} {c}");
        }
    }
}
