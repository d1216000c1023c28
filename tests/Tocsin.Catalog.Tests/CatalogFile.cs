using Dapper;
using Tocsin.Model.Metrics;

namespace Tocsin.Catalog.Tests;

/// <summary>A catalog with one small table of its own, in a folder that is deleted afterwards.</summary>
internal sealed class CatalogFile : IAsyncDisposable
{
    public static readonly Migration[] Schema =
        [new(1, "notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE)")];

    private readonly string _folder = Directory.CreateTempSubdirectory("catalog-").FullName;

    public CatalogFile() => Database = Open();

    public string FilePath => Path.Combine(_folder, "catalog.db");

    public MetricSet Metrics { get; } = new();

    public CatalogDatabase Database { get; private set; }

    public CatalogDatabase Open(Migration[]? migrations = null) =>
        CatalogDatabase.Open(FilePath, migrations ?? Schema, TimeProvider.System, Metrics);

    public async Task Reopen()
    {
        await Database.DisposeAsync();
        Database = Open();
    }

    public Task<long> Add(string text, CancellationToken cancel = default) =>
        Database.Write(tx => Add(tx, text), cancel);

    public static long Add(CatalogTransaction tx, string text) =>
        tx.Connection.ExecuteScalar<long>("INSERT INTO notes (text) VALUES (@text) RETURNING id", new { text });

    public List<string> All() => Database.Read(c => c.Query<string>("SELECT text FROM notes ORDER BY id").AsList());

    /// <summary>Holds the writer thread until the gate opens, so that what is queued meanwhile becomes one batch.</summary>
    public Task<bool> Block(ManualResetEventSlim gate)
    {
        using var entered = new ManualResetEventSlim();
        Task<bool> blocker = Database.Write(_ =>
        {
            entered.Set();
            return gate.Wait(TimeSpan.FromSeconds(20));
        });
        entered.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        return blocker;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
