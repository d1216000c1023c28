using Tocsin.Alerting;
using Tocsin.Alerting.Delivery;
using Tocsin.Alerting.Reports;
using Tocsin.Catalog;
using Tocsin.Model.Alerts;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;
using Tocsin.Server.Care;
using Tocsin.Storage.Care;
using Tocsin.Testing;

namespace Tocsin.Server.Tests;

public sealed class StorageWatchTests : IAsyncLifetime
{
    private const long Min = 1000;
    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-watch-").FullName;
    private readonly FakeClock _clock = new();
    private CatalogDatabase _catalog = null!;
    private StorageWatch _watch = null!;
    private StorageState _state = new(100 * Min, [], false);

    public ValueTask InitializeAsync()
    {
        _catalog = CatalogDatabase.Open(Path.Combine(_folder, "catalog.db"), _clock, new MetricSet());
        _watch = Watch();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_filling_disk_rings_before_it_is_full_and_again_when_it_is()
    {
        await Look(100 * Min);
        Alerts().ShouldBeEmpty();
        await Look(4 * Min - 1);
        Alerts().Single().ShouldSatisfyAllConditions(a => a.Priority.ShouldBe(AlertPriority.High), a => a.Type.ShouldBe("disk_filling"));
        await Look(3 * Min);
        await Look(4 * Min + 10);
        Alerts().Single().Count.ShouldBe(1, "nothing new has happened");
        await Look(Min - 1);
        Alerts().Single().ShouldSatisfyAllConditions(a => a.Priority.ShouldBe(AlertPriority.Critical), a => a.Count.ShouldBe(2));
        await Look(2 * Min);
        Alerts().Count.ShouldBe(1);
        await Look(5 * Min);
        Alerts().ShouldBeEmpty();
    }

    [Fact]
    public async Task Damage_rings_once_for_each_place_and_is_over_when_none_is_left()
    {
        Damage first = new("events/x.seg", 40, "column @body is damaged"), second = new("events/y.seg", 8, "a word filter is damaged");
        for (int i = 0; i < 3; i++)
            await Look(100 * Min, first);
        Alerts().Single().ShouldSatisfyAllConditions(
            a => a.Count.ShouldBe(1), a => a.Message.ShouldContain("events/x.seg at byte 40: column @body is damaged"));
        await Look(100 * Min, first, second);
        await Look(100 * Min, second);
        Alerts().Single().Count.ShouldBe(2);
        await Look(100 * Min);
        Alerts().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_alert_of_an_earlier_run_ends_only_after_a_whole_pass()
    {
        await Look(100 * Min, new Damage("events/x.seg", 40, "damaged"));
        _watch = Watch();
        await Look(100 * Min);
        Alerts().Count.ShouldBe(1);
        _state = _state with { Scrubbed = true };
        await Look(100 * Min);
        Alerts().ShouldBeEmpty();
    }

    private StorageWatch Watch() => new(
        _catalog, new AlertInbox(new AlertLedger(new Outbox([], _clock), new LiveEvents(), _clock), new AlertOptions()), () => _state, "/data", Min, _clock);

    private Task Look(long free, params Damage[] damage)
    {
        _state = _state with { FreeBytes = free, Damage = damage };
        return _watch.Look(TestContext.Current.CancellationToken);
    }

    private IReadOnlyList<Alert> Alerts() =>
        new AlertReports(_catalog, _clock).List(new AlertFilter { Statuses = [AlertStatus.Active] }).Items;
}
