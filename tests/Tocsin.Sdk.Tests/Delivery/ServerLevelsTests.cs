using System.Text;
using Microsoft.Extensions.Logging;
using Tocsin.Testing;
using TocsinSdk.Delivery;
using TocsinSdk.Logging;

namespace TocsinSdk.Tests.Delivery;

public sealed class ServerLevelsTests
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(5);

    private readonly FakeClock _clock = new();
    private readonly LogLevels _levels = new();
    private readonly List<string?> _asked = [];
    private readonly ServerLevels _server;
    private Document _answer = Says("\"1\"", """{"category":"Shop","level":"Debug","remainingMs":60000}""");
    private bool _wanted = true;
    private int _changes;

    public ServerLevelsTests()
    {
        _server = new ServerLevels((tag, _) =>
        {
            _asked.Add(tag);
            return _answer;
        }, _levels, () => _wanted, _clock);
        _levels.Changed += () => _changes++;
    }

    private bool Debug => _levels.IsOn("Shop.Orders", LogLevel.Debug);

    [Fact]
    public void What_the_server_says_holds_at_once_and_is_asked_for_again_with_the_second_or_third_heartbeat()
    {
        Beats(1);
        Debug.ShouldBeTrue();
        _answer = new Document(304, "\"1\"", []);
        Beats(120);
        // 600 s: every 10 or 15.
        _asked.Count.ShouldBeInRange(41, 61);
        _asked[0].ShouldBeNull();
        _asked.Skip(1).ShouldAllBe(static tag => tag == "\"1\"");
    }

    [Fact]
    public void A_level_ends_by_itself_when_its_time_is_over_with_the_server_away()
    {
        _server.Renew(s_beat);
        _server.UntilLapse.ShouldBe(TimeSpan.FromSeconds(60));
        _clock.Advance(TimeSpan.FromSeconds(59.9));
        _server.Lapse();
        Debug.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        _server.Lapse();
        Debug.ShouldBeFalse();
        _server.UntilLapse.ShouldBe(TimeSpan.MaxValue);
        _changes.ShouldBe(2);
    }

    [Fact]
    public void The_rest_stays_when_one_ends_and_without_an_end_it_stays_for_good()
    {
        _answer = Says(null, """{"category":"A","level":"Debug","remainingMs":1000},{"category":"B","level":"Error"}""");
        _server.Renew(s_beat);
        _clock.Advance(TimeSpan.FromDays(400));
        _server.Lapse();
        _levels.IsOn("A", LogLevel.Debug).ShouldBeFalse();
        _levels.IsOn("B", LogLevel.Warning).ShouldBeFalse();
    }

    [Fact]
    public void A_cleared_level_is_gone_with_the_next_answer()
    {
        Beats(1);
        _answer = Says("\"2\"", "");
        Beats(3);
        Debug.ShouldBeFalse();
        _asked[^1].ShouldBe("\"1\"");
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(404, "")]
    [InlineData(503, "Tocsin is starting: it replays its log.\n")]
    [InlineData(200, "")]
    [InlineData(200, "<html>another server</html>")]
    [InlineData(200, "[]")]
    public void What_is_no_answer_changes_nothing_and_is_asked_less_and_less_often(int status, string body)
    {
        Beats(1);
        _answer = new Document(status, null, Encoding.UTF8.GetBytes(body));
        Beats(11);
        Debug.ShouldBeTrue();
        _asked.Clear();
        Beats(12 * 60);
        // An hour; every ten minutes once the pause is the longest.
        _asked.Count.ShouldBeInRange(6, 12);
        _asked.ShouldAllBe(static tag => tag == "\"1\"");
    }

    [Fact]
    public void Switched_off_nothing_is_asked_and_nothing_held_and_switched_on_it_begins_anew()
    {
        Beats(1);
        _wanted = false;
        Beats(10);
        Debug.ShouldBeFalse();
        _asked.Count.ShouldBe(1);
        _wanted = true;
        Beats(1);
        Debug.ShouldBeTrue();
        _asked.ShouldBe([null, null]);
    }

    [Fact]
    public void The_process_itself_has_the_last_word_on_the_same_category()
    {
        _levels.Set("Shop", LogLevel.Error);
        Beats(1);
        Debug.ShouldBeFalse();
        _levels.Set("Shop", null);
        Debug.ShouldBeTrue();
    }

    [Fact]
    public void Entries_that_make_no_sense_are_left_out()
    {
        var read = ServerLevel.Read(Says(null, """
            7, {"category":"A"}, {"category":"B","level":"Loud"}, {"category":"C","level":"99"}, {"category":3,"level":"Debug"},
            {"category":"D","level":"Debug","remainingMs":-1}, {"category":"E","level":"Debug","remainingMs":"soon"},
            {"category":"F","level":"Debug","remainingMs":1e300},
            {"category":"H","level":"none","remainingMs":null,"later":true}, {"category":"h","level":"Debug"}
            """).Body, TimeSpan.Zero);
        read.ShouldNotBeNull().ShouldHaveSingleItem().ShouldBe(new ServerLevel("H", LogLevel.None, TimeSpan.MaxValue));
        // Half a character, which no text can hold.
        ServerLevel.Read(Says(null, """{"category":"\ud800","level":"Debug"}""").Body, TimeSpan.Zero).ShouldBeNull();
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void No_answer_whatever_does_harm()
    {
        var mutation = new Mutation(FuzzSeed.Of(4));
        var good = Says(null, """
            {"category":"Shop.\u00e9","level":"Debug","remainingMs":60000},{"category":"Default","level":"None"}
            """).Body;
        var read = 0;
        for (var i = 0; i < 20_000; i++)
            if (ServerLevel.Read(mutation.Of(good), TimeSpan.FromMinutes(1)) is { } levels)
            {
                read++;
                levels.ShouldAllBe(static l => Enum.IsDefined(l.Level) && l.Until >= TimeSpan.FromMinutes(1));
            }
        read.ShouldBeInRange(1, 19_999);
    }

    // As the courier does it, with a server that takes every heartbeat.
    private void Beats(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _server.Renew(s_beat);
            _server.Lapse();
            _clock.Advance(s_beat);
        }
    }

    private static Document Says(string? tag, string levels) =>
        new(200, tag, Encoding.UTF8.GetBytes($$"""{"levels":[{{levels}}]}"""));
}
