using Dapper;
using Tocsin.Catalog;

namespace Tocsin.Crashes;

/// <summary>Lets old crashes go. Groups stay, with their counts, until nothing happened for the whole time.</summary>
public sealed class CrashRetention(CatalogDatabase catalog, TimeProvider clock, TimeSpan keep)
{
    /// <summary>So many rows per transaction, so that others need not wait.</summary>
    private const int Batch = 500;

    /// <summary>One round; returns how many records were removed. Call it now and then.</summary>
    public async Task<int> Clean(CancellationToken cancel)
    {
        long before = (clock.GetUtcNow() - keep).ToUnixTimeMilliseconds();
        int removed = 0, last;
        do
        {
            last = await catalog.Write(tx =>
            {
                tx.Connection.Execute(
                    """
                    UPDATE crash_groups SET kept = kept - (SELECT count(*) FROM (
                      SELECT group_id FROM crash_records WHERE time < @before ORDER BY time LIMIT @Batch) old
                        WHERE old.group_id = crash_groups.id)
                    WHERE id IN (SELECT group_id FROM crash_records WHERE time < @before ORDER BY time LIMIT @Batch)
                    """, new { before, Batch });
                return tx.Connection.Execute(
                    "DELETE FROM crash_records WHERE number IN (SELECT number FROM crash_records "
                        + "WHERE time < @before ORDER BY time LIMIT @Batch)",
                    new { before, Batch });
            }, cancel).ConfigureAwait(false);
            removed += last;
        }
        while (last == Batch);
        await catalog.Write(tx => tx.Connection.Execute(
            """
            DELETE FROM crash_ids WHERE received_at < @before;
            DELETE FROM crash_counts WHERE slot < @slot;
            DELETE FROM crash_groups WHERE last_seen < @before
            """, new { before, slot = before / Store.GroupTable.SlotMilliseconds }), cancel).ConfigureAwait(false);
        return removed;
    }
}
