using TocsinSdk.Analysis;

namespace TocsinSdk.Tests.Analysis;

public sealed class RecentErrorsTests
{
    private readonly RecentErrors _errors = new();

    [Fact]
    public void The_newest_comes_first_and_the_oldest_gives_way()
    {
        _errors.Newest().ShouldBeEmpty();
        for (var i = 0; i < RecentErrors.Capacity + 10; i++)
            _errors.Add(Error(i));
        var newest = _errors.Newest();
        newest.Select(e => e.Id).ShouldBe(
            Enumerable.Range(10, RecentErrors.Capacity).Reverse().Select(static i => i.ToString()));
        _errors.Add(Error(1000));
        newest[0].Id.ShouldBe("73", "a list that was handed out does not change");
    }

    [Fact]
    public void Threads_may_add_and_read_at_once()
    {
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 2000; i++)
            {
                _errors.Add(Error(i));
                _errors.Newest().Count.ShouldBeInRange(1, RecentErrors.Capacity);
            }
        });
        _errors.Newest().Count.ShouldBe(RecentErrors.Capacity);
    }

    private static RecentError Error(int number) => new(
        number.ToString(), Some.Time, "System.TimeoutException", "late", null, null, null, null, []);
}
