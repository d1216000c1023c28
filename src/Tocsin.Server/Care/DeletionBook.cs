using System.Data;
using Dapper;
using Tocsin.Catalog;
using Tocsin.Model;
using Tocsin.Storage;
using Tocsin.Storage.Care;

namespace Tocsin.Server.Care;

/// <summary>One entry of the journal.</summary>
/// <param name="From">ISO 8601; absent: from the beginning.</param>
/// <param name="To">ISO 8601, exclusive; absent: to the end.</param>
/// <param name="State">
/// "asked" until it is carried out, "hidden": nobody sees the records, "erased": they are in no file, "failed": nothing was deleted.
/// </param>
/// <param name="Rows">How many records were hidden.</param>
/// <param name="ChangedAt">When the state was reached.</param>
public sealed record DeletionEntry(
    long Id, DateTimeOffset AskedAt, string By, string Reason, string Dataset, string Query, string? From, string? To, string State,
    long? Rows, DateTimeOffset ChangedAt, string? Problem);

/// <summary>Deletes by condition, and keeps who did it, when and why. The entry is written before the deed. Any thread.</summary>
internal sealed class DeletionBook(CatalogDatabase catalog, Database database, TimeProvider clock)
{
    public async Task<DeletionEntry> Delete(DeletionOrder order, CancellationToken cancel)
    {
        long id = await catalog.Write(tx => tx.Connection.ExecuteScalar<long>(
            """
            INSERT INTO deletions (asked_at, by, reason, dataset, query, from_nanos, to_nanos, state, changed_at)
            VALUES (@now, @by, @reason, @dataset, @query, @from, @to, 'asked', @now) RETURNING id
            """,
            new
            {
                now = Now(), by = order.Who, reason = order.Reason!.Trim(), dataset = Word(order.Of), query = order.Q,
                from = Nanos(order.Range.From), to = Nanos(order.Range.To),
            }), cancel);
        try
        {
            // From here on it is carried through: what the store has hidden stays hidden.
            Deletion done = await Task.Run(() => database.Delete(order.Of, order.Q!, order.Range.From, order.Range.To), CancellationToken.None);
            await Change(id, "hidden", done.Tombstone.Id, done.Rows, null);
        }
        catch (Exception refused) when (refused is IOException or TooManyDeletionsException)
        {
            await Change(id, "failed", null, null, refused.Message);
            throw;
        }
        return Entries(1, id)[0];
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<DeletionEntry> Entries(int limit, long? id = null) => catalog.Read<IReadOnlyList<DeletionEntry>>(connection =>
        [.. connection.Query<Stored>(
            """
            SELECT id, asked_at AS AskedAt, by, reason, dataset, query, from_nanos AS FromNanos, to_nanos AS ToNanos, state, rows,
              changed_at AS ChangedAt, problem
            FROM deletions WHERE @id IS NULL OR id = @id ORDER BY id DESC LIMIT @limit
            """,
            new { id, limit }).Select(s => s.ToEntry())]);

    /// <summary>Brings the journal in line with the store: what upkeep has finished, and what a crash has left open.</summary>
    public Task Settle(bool atStart, CancellationToken cancel) => catalog.Write(
        tx =>
        {
            IReadOnlyList<Tombstone> pending = database.Tombstones;
            foreach (Tombstone one in pending)
                Adopt(tx.Connection, one);
            if (atStart)
                tx.Connection.Execute(
                    """
                    UPDATE deletions SET state = 'failed', changed_at = @now, problem = 'the server stopped before it was carried out'
                    WHERE state = 'asked'
                    """,
                    new { now = Now() });
            return tx.Connection.Execute(
                "UPDATE deletions SET state = 'erased', changed_at = @now WHERE state = 'hidden' AND tombstone NOT IN @ids",
                new { now = Now(), ids = pending.Select(t => t.Id) });
        },
        cancel);

    /// <summary>Every minute.</summary>
    public async Task Run(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                if (catalog.Read(c => c.ExecuteScalar<long>("SELECT count(*) FROM deletions WHERE state IN ('asked', 'hidden')")) > 0)
                    await Settle(atStart: false, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (CatalogWriteException trouble)
        {
            await Console.Error.WriteLineAsync($"tocsin: journal of deletions: {trouble.Message}");
        }
    }

    /// <summary>A tombstone whose number did not reach the journal belongs to the entry that asked for the same.</summary>
    private void Adopt(IDbConnection connection, Tombstone tombstone) => connection.Execute(
        """
        UPDATE deletions SET state = 'hidden', tombstone = @id, changed_at = @now
        WHERE id = (SELECT min(id) FROM deletions WHERE state = 'asked' AND dataset = @dataset AND query = @query
                    AND from_nanos IS @from AND to_nanos IS @to)
          AND NOT EXISTS (SELECT 1 FROM deletions WHERE tombstone = @id)
        """,
        new
        {
            id = tombstone.Id, now = Now(), dataset = Word(tombstone.Dataset), query = tombstone.Query, from = Nanos(tombstone.From),
            to = Nanos(tombstone.To),
        });

    private Task Change(long id, string state, long? tombstone, long? rows, string? problem) => catalog.Write(tx => tx.Connection.Execute(
        "UPDATE deletions SET state = @state, tombstone = @tombstone, rows = @rows, problem = @problem, changed_at = @now WHERE id = @id",
        new { id, state, tombstone, rows, problem, now = Now() }));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static string Word(Dataset dataset) => dataset == Dataset.Spans ? "spans" : "logs";

    private static long? Nanos(Instant time) => time.UnixNanos is long.MinValue or long.MaxValue ? null : time.UnixNanos;

    private sealed class Stored
    {
        public long Id { get; init; }
        public long AskedAt { get; init; }
        public string By { get; init; } = "";
        public string Reason { get; init; } = "";
        public string Dataset { get; init; } = "";
        public string Query { get; init; } = "";
        public long? FromNanos { get; init; }
        public long? ToNanos { get; init; }
        public string State { get; init; } = "";
        public long? Rows { get; init; }
        public long ChangedAt { get; init; }
        public string? Problem { get; init; }

        public DeletionEntry ToEntry() => new(
            Id, Time(AskedAt), By, Reason, Dataset, Query, Text(FromNanos), Text(ToNanos), State, Rows, Time(ChangedAt), Problem);

        private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

        private static string? Text(long? nanos) => nanos is { } n ? $"{new Instant(n)}" : null;
    }
}
