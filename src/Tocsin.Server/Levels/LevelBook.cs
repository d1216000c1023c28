using System.Data;
using Tocsin.Catalog;

namespace Tocsin.Server.Levels;

/// <summary>
/// The log levels that operators want services to have, durable in the catalog and held in memory, because every process
/// asks for its own a few times a minute. Any thread.
/// </summary>
internal sealed class LevelBook
{
    public const int MostPerService = 100, MostOfAll = 10_000;

    private readonly CatalogDatabase _catalog;
    private readonly TimeProvider _clock;
    private volatile IReadOnlyList<LevelRule> _rules;

    public LevelBook(CatalogDatabase catalog, TimeProvider clock)
    {
        (_catalog, _clock) = (catalog, clock);
        _rules = catalog.Read(LevelTable.All);
    }

    /// <summary>Those that hold now; of one service, or of all.</summary>
    public IReadOnlyList<LevelRule> Rules(string? service = null)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return [.. _rules.Where(r => (service is null || r.Service == service) && r.HoldsAt(now))];
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<LevelChange> Changes(string? service, int limit) =>
        _catalog.Read(c => LevelTable.Changes(c, service, limit));

    /// <summary>Puts the rule in the place of the one for the same category; false when there are too many.</summary>
    public Task<bool> Set(LevelRule rule, CancellationToken cancel) => _catalog.Write(
        tx =>
        {
            IReadOnlyList<LevelRule> held = Sweep(tx.Connection, rule.SetAt);
            int others = held.Count(r => !IsSame(r, rule));
            if (others >= MostOfAll || held.Count(r => r.Service == rule.Service && !IsSame(r, rule)) >= MostPerService)
                return false;
            LevelTable.Put(tx.Connection, rule);
            LevelTable.Note(tx.Connection, new(
                rule.SetAt, "set", rule.Service, rule.Environment, rule.Category, rule.Level, rule.SetBy, rule.Notes, rule.ExpiresAt));
            Publish(tx);
            return true;
        },
        cancel);

    /// <summary>Takes back every rule that fits, and returns how many.</summary>
    public Task<int> Clear(Func<LevelRule, bool> fits, string by, string? notes, CancellationToken cancel) => _catalog.Write(
        tx =>
        {
            DateTimeOffset now = _clock.GetUtcNow();
            LevelRule[] cleared = [.. Sweep(tx.Connection, now).Where(fits)];
            foreach (LevelRule rule in cleared)
            {
                LevelTable.Delete(tx.Connection, rule);
                LevelTable.Note(tx.Connection, new(
                    now, "cleared", rule.Service, rule.Environment, rule.Category, rule.Level, by, notes, null));
            }
            Publish(tx);
            return cleared.Length;
        },
        cancel);

    private static bool IsSame(LevelRule a, LevelRule b) => a.Service == b.Service
        && string.Equals(a.Environment, b.Environment, StringComparison.OrdinalIgnoreCase)
        && string.Equals(a.Category, b.Category, StringComparison.OrdinalIgnoreCase);

    /// <summary>Removes what is over, and returns the rest.</summary>
    private static List<LevelRule> Sweep(IDbConnection connection, DateTimeOffset now)
    {
        var held = new List<LevelRule>();
        foreach (LevelRule rule in LevelTable.All(connection))
        {
            if (rule.HoldsAt(now))
                held.Add(rule);
            else
                LevelTable.Delete(connection, rule);
        }
        return held;
    }

    private void Publish(CatalogTransaction tx)
    {
        IReadOnlyList<LevelRule> rules = LevelTable.All(tx.Connection);
        tx.AfterCommit(() => _rules = rules);
    }
}
