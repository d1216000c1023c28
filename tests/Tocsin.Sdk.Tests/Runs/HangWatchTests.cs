using TocsinSdk.Runs;

namespace TocsinSdk.Tests.Runs;

public sealed class HangWatchTests
{
    private readonly HangWatch _watch = new(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(250));

    [Fact]
    public void An_episode_is_told_once_and_ends_with_an_answer()
    {
        Beats(false, 20).ShouldBe([3]);
        Beats(true, 1).ShouldBeEmpty();
        Beats(false, 4).ShouldBe([3]);
    }

    [Fact]
    public void Answers_in_time_are_no_hang()
    {
        for (var i = 0; i < 10; i++)
        {
            Beats(false, 3).ShouldBeEmpty();
            Beats(true, 1).ShouldBeEmpty();
        }
    }

    /// <summary>The beats, counted from 0, at which a hang was told.</summary>
    private List<int> Beats(bool answered, int count) =>
        [.. Enumerable.Range(0, count).Where(_ => _watch.Beat(answered) is not null)];
}
