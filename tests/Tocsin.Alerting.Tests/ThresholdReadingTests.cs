namespace Tocsin.Alerting.Tests;

public sealed class ThresholdReadingTests
{
    [Theory]
    [InlineData(1e300, 1e-300)]
    [InlineData(double.MaxValue, -double.MaxValue)]
    public void A_tiny_threshold_gives_a_percentage_that_JSON_can_hold(double current, double threshold) =>
        new ThresholdReading("x", current, threshold).OveragePercent.ShouldBe(1e9);

    [Theory]
    [InlineData(92, 80, 15)]
    [InlineData(40, 80, 50)]
    [InlineData(3, 0, 100)]
    [InlineData(0, 0, 0)]
    public void The_overage_is_in_percent_of_the_threshold(double current, double threshold, double expected) =>
        new ThresholdReading("x", current, threshold).OveragePercent.ShouldBe(expected);
}
