using Tocsin.Catalog;
using Tocsin.Model.Metrics;
using Tocsin.Server.Levels;
using Tocsin.Testing;

namespace Tocsin.Server.Tests.Levels;

public sealed class LevelBookTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-levels-").FullName;
    private readonly FakeClock _clock = new();
    private readonly CatalogDatabase _catalog;
    private readonly LevelBook _book;

    public LevelBookTests()
    {
        _catalog = CatalogDatabase.Open(Path.Combine(_folder, "catalog.db"), _clock, new MetricSet());
        _book = new LevelBook(_catalog, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_rule_ends_when_its_time_is_over_and_its_row_goes_with_the_next_change()
    {
        await Set("Shop", "Debug", minutes: 15);
        _clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        _book.Rules("shop").ShouldHaveSingleItem();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _book.Rules("shop").ShouldBeEmpty();
        await Set("Other", "Error");
        _catalog.Read(LevelTable.All).ShouldHaveSingleItem().Category.ShouldBe("Other");
        (await _book.Clear(r => r.Category == "Shop", "me", null, default)).ShouldBe(0);
    }

    [Fact]
    public async Task A_service_has_no_more_rules_than_it_may_and_any_of_them_can_be_replaced()
    {
        for (int i = 0; i < LevelBook.MostPerService; i++)
            (await Set($"C{i}", "Error")).ShouldBeTrue();
        (await Set("OneMore", "Error")).ShouldBeFalse();
        (await Set("c7", "Debug")).ShouldBeTrue();
        _book.Rules("shop").Count.ShouldBe(LevelBook.MostPerService);
    }

    [Fact]
    public async Task The_journal_keeps_the_newest_thousand()
    {
        for (int i = 0; i < 1010; i++)
            await Set("Shop", i % 2 == 0 ? "Debug" : "Error");
        _book.Changes(null, 2000).Count.ShouldBe(1000);
        _book.Changes("shop", 1).ShouldHaveSingleItem().Level.ShouldBe("Error");
        _book.Changes("nobody", 10).ShouldBeEmpty();
    }

    [Fact]
    public void The_environments_own_rule_beats_the_one_for_all()
    {
        LevelRule[] rules = [Rule("Shop", "Warning"), Rule("shop", "Debug") with { Environment = "production" }, Rule("A", "Error")];
        Words(rules, "Production").ShouldBe("A=Error shop=Debug");
        Words(rules, "Test").ShouldBe("A=Error Shop=Warning");
        Words(rules, null).ShouldBe("A=Error Shop=Warning");
    }

    [Fact]
    public void The_tag_stays_while_time_passes()
    {
        LevelRule[] rules = [Rule("Shop", "Debug", minutes: 15)];
        DateTimeOffset now = _clock.GetUtcNow();
        var first = EffectiveLevels.Of(rules, null, now, out string tag);
        var later = EffectiveLevels.Of(rules, null, now.AddMinutes(5), out string same);
        same.ShouldBe(tag);
        (first.Levels[0].RemainingMs - later.Levels[0].RemainingMs).ShouldBe(300_000);
        EffectiveLevels.Of([Rule("Shop", "Debug", minutes: 16)], null, now, out string other).Levels.Count.ShouldBe(1);
        other.ShouldNotBe(tag);
    }

    [Fact]
    public void A_process_that_has_not_asked_for_a_minute_is_forgotten()
    {
        var listeners = new LevelListeners(_clock);
        listeners.Heard("r1", "shop", null, "t");
        listeners.List("shop", (_, _) => "t").ShouldBe([new("shop", null, 1, 1)]);
        listeners.List("other", (_, _) => "t").ShouldBeEmpty();
        for (int i = 0; i < LevelListeners.Most + 10; i++)
            listeners.Heard($"x{i}", "many", null, "t");
        listeners.List(null, (_, _) => "new").Sum(l => l.Processes).ShouldBe(LevelListeners.Most);
        _clock.Advance(TimeSpan.FromSeconds(61));
        listeners.List(null, (_, _) => "t").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Trace", "Trace")]
    [InlineData("INFO", "Information")]
    [InlineData(" warn ", "Warning")]
    [InlineData("fatal", "Critical")]
    [InlineData("off", "None")]
    [InlineData("unknown", null)]
    [InlineData("3", null)]
    [InlineData("", null)]
    public void Levels_are_known_in_every_common_dialect(string word, string? level) => LevelRule.NameOf(word).ShouldBe(level);

    private string Words(IReadOnlyList<LevelRule> rules, string? environment) => string.Join(' ',
        EffectiveLevels.Of(rules, environment, _clock.GetUtcNow(), out _).Levels.Select(l => $"{l.Category}={l.Level}"));

    private Task<bool> Set(string category, string level, int? minutes = null) => _book.Set(Rule(category, level, minutes), default);

    private LevelRule Rule(string category, string level, int? minutes = null) => new()
    {
        Service = "shop", Category = category, Level = level, SetAt = _clock.GetUtcNow(), SetBy = "me",
        ExpiresAt = minutes is { } m ? _clock.GetUtcNow().AddMinutes(m) : null,
    };
}
