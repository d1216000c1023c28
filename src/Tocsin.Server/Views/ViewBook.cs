using System.Data;
using System.Text.Json;
using Dapper;
using Tocsin.Catalog;

namespace Tocsin.Server.Views;

/// <summary>What became of keeping a view.</summary>
internal enum ViewOutcome
{
    Kept,
    NoSuch,
    NameTaken,
    TooMany,
}

/// <summary>The views that are kept, in the catalog. Any thread.</summary>
internal sealed class ViewBook(CatalogDatabase catalog, TimeProvider clock)
{
    public const int Most = 1000;

    private const string Row =
        "id, name, query, range_from AS RangeFrom, range_to AS RangeTo, columns, display, created_by AS CreatedBy, updated_at AS UpdatedAt";

    /// <summary>By name.</summary>
    public IReadOnlyList<SavedView> All() =>
        catalog.Read<IReadOnlyList<SavedView>>(c => [.. c.Query<Stored>($"SELECT {Row} FROM views ORDER BY name").Select(s => s.ToView())]);

    public SavedView? Find(long id) => catalog.Read(c => Find(c, id));

    public Task<(ViewOutcome Outcome, SavedView? View)> Add(ViewOrder order, CancellationToken cancel) => catalog.Write(
        tx =>
        {
            SavedView view = order.ToView(0, clock.GetUtcNow());
            if (IsTaken(tx.Connection, view))
                return (ViewOutcome.NameTaken, null);
            if (tx.Connection.ExecuteScalar<int>("SELECT count(*) FROM views") >= Most)
                return (ViewOutcome.TooMany, null);
            long id = tx.Connection.ExecuteScalar<long>(
                """
                INSERT INTO views (name, query, range_from, range_to, columns, display, created_by, updated_at)
                VALUES (@name, @query, @from, @to, @columns, @display, @createdBy, @updatedAt) RETURNING id
                """,
                Values(view));
            return (ViewOutcome.Kept, Find(tx.Connection, id));
        },
        cancel);

    /// <summary>Who made it stays.</summary>
    public Task<(ViewOutcome Outcome, SavedView? View)> Replace(long id, ViewOrder order, CancellationToken cancel) => catalog.Write(
        tx =>
        {
            SavedView view = order.ToView(id, clock.GetUtcNow());
            if (Find(tx.Connection, id) is null)
                return (ViewOutcome.NoSuch, null);
            if (IsTaken(tx.Connection, view))
                return (ViewOutcome.NameTaken, null);
            tx.Connection.Execute(
                """
                UPDATE views SET name = @name, query = @query, range_from = @from, range_to = @to, columns = @columns, display = @display,
                  updated_at = @updatedAt
                WHERE id = @id
                """,
                Values(view));
            return (ViewOutcome.Kept, Find(tx.Connection, id));
        },
        cancel);

    /// <summary>False when there is none.</summary>
    public Task<bool> Delete(long id, CancellationToken cancel) =>
        catalog.Write(tx => tx.Connection.Execute("DELETE FROM views WHERE id = @id", new { id }) > 0, cancel);

    private static bool IsTaken(IDbConnection connection, SavedView view) => connection.ExecuteScalar<bool>(
        "SELECT EXISTS (SELECT 1 FROM views WHERE name = @name AND id <> @id)", new { name = view.Name, id = view.Id });

    private static SavedView? Find(IDbConnection connection, long id) =>
        connection.QuerySingleOrDefault<Stored>($"SELECT {Row} FROM views WHERE id = @id", new { id })?.ToView();

    private static object Values(SavedView view) => new
    {
        id = view.Id, name = view.Name, query = view.Query, from = view.From, to = view.To, columns = JsonSerializer.Serialize(view.Columns),
        display = view.Display, createdBy = view.CreatedBy, updatedAt = view.UpdatedAt.ToUnixTimeMilliseconds(),
    };

    private sealed class Stored
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public string Query { get; init; } = "";
        public string? RangeFrom { get; init; }
        public string? RangeTo { get; init; }
        public string Columns { get; init; } = "[]";
        public string? Display { get; init; }
        public string? CreatedBy { get; init; }
        public long UpdatedAt { get; init; }

        public SavedView ToView() => new(
            Id, Name, Query, RangeFrom, RangeTo, JsonSerializer.Deserialize<string[]>(Columns)!, Display, CreatedBy,
            DateTimeOffset.FromUnixTimeMilliseconds(UpdatedAt));
    }
}
