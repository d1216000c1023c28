using Tocsin.Alerting.Delivery;

namespace Tocsin.Alerting.Tests.Delivery;

public sealed class BackoffTests
{
    [Fact]
    public void It_doubles_up_to_ten_minutes() =>
        Enumerable.Range(1, 10).Select(n => Backoff.After(n, null, 0.5).TotalSeconds).ShouldBe([5, 10, 20, 40, 80, 160, 320, 600, 600, 600]);

    [Fact]
    public void A_fifth_is_random()
    {
        Backoff.After(1, null, 0).ShouldBe(TimeSpan.FromSeconds(4.5));
        Backoff.After(1, null, 1).ShouldBe(TimeSpan.FromSeconds(5.5));
        Backoff.After(int.MaxValue, null, 1).ShouldBe(TimeSpan.FromMinutes(11));
    }

    [Fact]
    public void What_the_remote_side_asks_for_is_the_least()
    {
        Backoff.After(1, TimeSpan.FromMinutes(3), 0.5).ShouldBe(TimeSpan.FromMinutes(3));
        Backoff.After(8, TimeSpan.FromSeconds(1), 0.5).ShouldBe(TimeSpan.FromMinutes(10));
        Backoff.After(1, TimeSpan.FromDays(9), 0.5).ShouldBe(Backoff.GiveUpAfter);
    }
}
