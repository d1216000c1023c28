using Dapper;
using Tocsin.Alerting.State;
using Tocsin.Model.Alerts;
using Tocsin.Testing;

namespace Tocsin.Alerting.Tests;

/// <summary>Whatever happens in whatever order, the promises about alerts hold.</summary>
public sealed class AlertLifeProperties
{
    private const int Steps = 400;

    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Random_lives_keep_every_promise(int seed)
    {
        await using var desk = new Desk();
        var random = FuzzSeed.Random(seed);
        int occurrences = 0;
        for (int step = 0; step < Steps; step++)
        {
            occurrences += await Happen(desk, random);
            if (step % 20 == 0)
                CheckPromises(desk, occurrences);
        }
        CheckPromises(desk, occurrences);
    }

    private static async Task<int> Happen(Desk desk, Random random)
    {
        long id = random.Next(1, 12);
        string by = $"person {random.Next(3)}";
        switch (random.Next(11))
        {
            case 0 or 1 or 2 or 3:
                await desk.Raise(Some.Proposal($"web-{random.Next(3)}", (AlertPriority)random.Next(1, 5)) with
                {
                    ExpiresIn = random.Next(3) == 0 ? TimeSpan.FromMinutes(random.Next(1, 90)) : null,
                    At = desk.Clock.GetUtcNow().AddMinutes(random.Next(-30, 30)),
                    AffectedUsers = random.Next(3) == 0 ? random.Next(20) : null,
                });
                return 1;
            case 4:
                await desk.Resolve($"high_cpu:web-{random.Next(3)}");
                return 0;
            case 5:
                await desk.Actions.Acknowledge(id, by, null);
                return 0;
            case 6:
                await desk.Actions.Unacknowledge(id, by, null);
                return 0;
            case 7:
                await desk.Actions.Suppress(id, by, TimeSpan.FromMinutes(random.Next(1, 120)), null);
                return 0;
            case 8:
                await desk.Actions.Unsuppress(id, by, null);
                return 0;
            case 9:
                await desk.Actions.Resolve(id, by, null);
                return 0;
            default:
                desk.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 60)));
                await desk.Sweep.Sweep(TestContext.Current.CancellationToken);
                return 0;
        }
    }

    private static void CheckPromises(Desk desk, int occurrences)
    {
        List<long> ids = desk.Catalog.Read(c => c.Query<long>("SELECT id FROM alerts ORDER BY id").AsList());
        Alert[] alerts = [.. ids.Select(desk.Find)];
        alerts.Where(AlertState.IsOpen).GroupBy(a => a.Key).ShouldAllBe(same => same.Count() == 1);
        alerts.Sum(a => a.Count).ShouldBe(occurrences);
        foreach (Alert alert in alerts)
        {
            desk.Catalog.Read(c => c.ExecuteScalar<int>("SELECT sum(occurrences) FROM alert_history WHERE alert_id = @Id", new { alert.Id }))
                .ShouldBe(alert.Count);
            HistoryExplains(alert, desk.History(alert.Id));
            NewsIsWhole(desk.News(alert.Id).Split(' ', StringSplitOptions.RemoveEmptyEntries), alert);
        }
    }

    /// <summary>Reads the history alone and arrives at the state.</summary>
    private static void HistoryExplains(Alert alert, IReadOnlyList<AlertTransition> history)
    {
        history[0].Action.ShouldBe("opened");
        var condition = AlertCondition.Firing;
        string? acknowledgedBy = null;
        int reopened = 0;
        foreach (AlertTransition change in history)
        {
            condition = change.Action switch
            {
                "resolved" => AlertCondition.Resolved,
                "expired" => AlertCondition.Expired,
                "reopened" => AlertCondition.Firing,
                _ => condition,
            };
            acknowledgedBy = change.Action switch
            {
                "acknowledged" => change.By,
                "unacknowledged" or "escalated" or "reopened" => null,
                _ => acknowledgedBy,
            };
            reopened += change.Action == "reopened" ? 1 : 0;
        }
        (alert.Condition, alert.AcknowledgedBy, alert.Reopened).ShouldBe((condition, acknowledgedBy, reopened));
        (alert.EndsAt is null).ShouldBe(AlertState.IsOpen(alert));
        history.Zip(history.Skip(1)).ShouldAllBe(pair => pair.First.Time <= pair.Second.Time);
    }

    /// <summary>Nobody is left with trouble that is over: the last word about it is its end.</summary>
    private static void NewsIsWhole(string[] news, Alert alert)
    {
        if (!AlertState.IsOpen(alert) && news.Length > 0)
            news[^1].ShouldBe("resolved");
    }
}
