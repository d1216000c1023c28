using Dapper;
using Tocsin.Catalog;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Query.Logs;
using Tocsin.Server.Care;
using Tocsin.Storage;
using Tocsin.Storage.Care;
using Tocsin.Testing;

namespace Tocsin.Server.Tests;

public sealed class DeletionBookTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-book-").FullName;
    private readonly FakeClock _clock = new();
    private readonly MemoryFileSystem _memory = new();
    private readonly FaultyFileSystem _files;
    private CatalogDatabase _catalog = null!;
    private Database _database = null!;
    private DeletionBook _book = null!;

    public DeletionBookTests() => _files = new FaultyFileSystem(_memory);

    public ValueTask InitializeAsync()
    {
        _catalog = CatalogDatabase.Open(Path.Combine(_folder, "catalog.db"), _clock, new MetricSet());
        Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _database.Dispose();
        await _catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_entry_goes_from_hidden_to_erased_when_no_file_holds_the_records()
    {
        await Append("of ann", "of bob");
        DeletionEntry entry = await _book.Delete(Order("ann"), default);
        (entry.State, entry.Rows, entry.By, entry.Reason).ShouldBe(("hidden", 1, "eve", "request 17"));
        await _book.Settle(atStart: false, default);
        Only().State.ShouldBe("hidden");
        await Append("later");
        _database.Seal(default);
        _database.Maintain(default);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _book.Settle(atStart: false, default);
        Only().State.ShouldBe("erased");
        Only().ChangedAt.ShouldBe(_clock.GetUtcNow());
    }

    [Fact]
    public async Task A_deletion_that_could_not_be_made_durable_is_noted_as_failed()
    {
        await Append("of ann");
        _files.FailSync = path => path.Contains("tombstones");
        await Should.ThrowAsync<IOException>(() => _book.Delete(Order("ann"), default));
        _files.FailSync = null;
        (Only().State, Only().Rows).ShouldBe(("failed", null));
        Only().Problem!.ShouldContain("input/output error");
    }

    [Fact]
    public async Task After_a_crash_the_journal_follows_what_the_store_has_done()
    {
        await Append("of ann", "of bob");
        await _book.Delete(Order("ann"), default);
        await _book.Delete(Order("bob"), default);
        // As if the crash had come after the store was done with the first, and before it began with the second.
        await _catalog.Write(tx => tx.Connection.Execute("UPDATE deletions SET state = 'asked', tombstone = NULL, rows = NULL"));
        await _catalog.Write(tx => tx.Connection.Execute("UPDATE deletions SET query = 'carl' WHERE id = 2"));
        _database.Dispose();
        Open();
        await _book.Settle(atStart: true, default);
        _book.Entries(10).Select(e => (e.Query, e.State)).ShouldBe([("carl", "failed"), ("ann", "hidden")]);
    }

    private void Open()
    {
        _database = Database.Open(
            new DatabaseOptions { Directory = "/data", MinFreeBytes = 0, ReadCondition = text => LogQuery.Parse(text).Predicate! },
            _files, _clock, new MetricSet());
        _book = new DeletionBook(_catalog, _database, _clock);
    }

    private async Task Append(params string[] bodies) =>
        (await _database.Append(Some.Batch([.. bodies.Select(b => Some.Log(b))]), default)).ShouldBe(AppendResult.Stored);

    private DeletionOrder Order(string query)
    {
        var order = new DeletionOrder { Q = query, By = "eve", Reason = "request 17" };
        order.Faults(_clock.GetUtcNow()).ShouldBeEmpty();
        return order;
    }

    private DeletionEntry Only() => _book.Entries(10).ShouldHaveSingleItem();
}
