using Dapper;
using Microsoft.Data.Sqlite;

namespace Tocsin.Catalog.Tests;

public sealed class CatalogDatabaseTests
{
    [Fact]
    public async Task What_was_written_is_there_after_reopening()
    {
        await using var file = new CatalogFile();
        await file.Add("first");
        await file.Reopen();
        file.All().ShouldBe(["first"]);
    }

    [Fact]
    public async Task Commits_are_synced_and_journaled_ahead()
    {
        await using var file = new CatalogFile();
        (string journal, int synchronous, int foreignKeys) = await file.Database.Write(tx => (
            tx.Connection.ExecuteScalar<string>("PRAGMA journal_mode")!,
            tx.Connection.ExecuteScalar<int>("PRAGMA synchronous"),
            tx.Connection.ExecuteScalar<int>("PRAGMA foreign_keys")));
        (journal, synchronous, foreignKeys).ShouldBe(("wal", 2, 1));
    }

    [Fact]
    public async Task A_failing_work_leaves_no_trace_and_does_not_hurt_its_neighbours()
    {
        await using var file = new CatalogFile();
        using var gate = new ManualResetEventSlim();
        Task<bool> blocker = file.Block(gate);
        Task<long> before = file.Add("before");
        Task<int> failing = file.Database.Write<int>(tx =>
        {
            CatalogFile.Add(tx, "half done");
            throw new InvalidOperationException("no");
        });
        Task<long> violating = file.Add("before");
        Task<long> after = file.Add("after");
        gate.Set();

        await blocker;
        await Task.WhenAll(before, after);
        (await Should.ThrowAsync<InvalidOperationException>(failing)).Message.ShouldBe("no");
        await Should.ThrowAsync<SqliteException>(violating);
        file.All().ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task Queued_works_share_one_commit()
    {
        await using var file = new CatalogFile();
        using var gate = new ManualResetEventSlim();
        Task<bool> blocker = file.Block(gate);
        Task[] adds = [.. Enumerable.Range(0, 100).Select(i => file.Add($"n{i}"))];
        gate.Set();
        await Task.WhenAll([blocker, .. adds]);
        file.Metrics.WritePrometheusText().ShouldContain("tocsin_catalog_batch_writes_bucket{le=\"64\"} 1\n");
        file.Metrics.WritePrometheusText().ShouldContain("tocsin_catalog_batch_writes_count 2\n");
    }

    [Fact]
    public async Task After_commit_runs_when_the_rows_can_be_read_and_only_for_works_that_succeeded()
    {
        await using var file = new CatalogFile();
        List<string> seen = [];
        await file.Database.Write(tx =>
        {
            tx.AfterCommit(() => seen.AddRange(file.All()));
            return CatalogFile.Add(tx, "kept");
        });
        await Should.ThrowAsync<InvalidOperationException>(file.Database.Write<int>(tx =>
        {
            tx.AfterCommit(() => seen.Add("never"));
            throw new InvalidOperationException();
        }));
        seen.ShouldBe(["kept"]);
    }

    [Fact]
    public async Task A_throwing_callback_is_counted_and_harms_nobody()
    {
        await using var file = new CatalogFile();
        bool second = false;
        await file.Database.Write(tx =>
        {
            tx.AfterCommit(() => throw new InvalidOperationException("watcher is broken"));
            tx.AfterCommit(() => second = true);
            return CatalogFile.Add(tx, "kept");
        });
        second.ShouldBeTrue();
        file.Metrics.Total("tocsin_catalog_callback_failures_total").ShouldBe(1);
    }

    [Fact]
    public async Task A_work_cancelled_while_it_waits_is_not_run()
    {
        await using var file = new CatalogFile();
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        Task<bool> blocker = file.Block(gate);
        Task<long> cancelled = file.Add("cancelled", cancel.Token);
        await cancel.CancelAsync();
        gate.Set();
        await blocker;
        await Should.ThrowAsync<OperationCanceledException>(cancelled);
        file.All().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_work_that_queues_another_write_is_refused_instead_of_waiting_for_itself()
    {
        await using var file = new CatalogFile();
        Task<int> nested = file.Database.Write(_ => file.Add("inner").GetAwaiter().GetResult() > 0 ? 1 : 0);
        (await Should.ThrowAsync<InvalidOperationException>(nested)).Message.ShouldContain("its own transaction");
    }

    [Fact]
    public async Task A_read_sees_one_moment_even_while_others_write()
    {
        await using var file = new CatalogFile();
        await file.Add("first");
        (int before, int after) = file.Database.Read(c =>
        {
            int before = c.ExecuteScalar<int>("SELECT count(*) FROM notes");
            Task.Run(() => file.Add("second")).GetAwaiter().GetResult();
            return (before, c.ExecuteScalar<int>("SELECT count(*) FROM notes"));
        });
        (before, after).ShouldBe((1, 1));
        file.All().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_read_cannot_write()
    {
        await using var file = new CatalogFile();
        Should.Throw<SqliteException>(() => file.Database.Read(c => c.Execute("INSERT INTO notes (text) VALUES ('x')")));
    }

    [Fact]
    public async Task A_thousand_writers_and_readers_at_once_lose_nothing()
    {
        await using var file = new CatalogFile();
        Task[] writers = [.. Enumerable.Range(0, 20).Select(w => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                long id = await file.Add($"{w}/{i}");
                file.Database.Read(c => c.ExecuteScalar<string>("SELECT text FROM notes WHERE id = @id", new { id }))
                    .ShouldBe($"{w}/{i}");
            }
        }))];
        await Task.WhenAll(writers);
        file.All().Count.ShouldBe(1000);
        file.All().Distinct().Count().ShouldBe(1000);
    }

    [Fact]
    public async Task Closing_finishes_what_is_queued_and_refuses_what_comes_later()
    {
        await using var file = new CatalogFile();
        using var gate = new ManualResetEventSlim();
        Task<bool> blocker = file.Block(gate);
        Task<long> queued = file.Add("queued");
        ValueTask closing = file.Database.DisposeAsync();
        gate.Set();
        await closing;
        await blocker;
        await queued;
        await Should.ThrowAsync<ObjectDisposedException>(file.Add("late"));
        Should.Throw<ObjectDisposedException>(() => file.All());
        await file.Reopen();
        file.All().ShouldBe(["queued"]);
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no mode bits.");
        await using var file = new CatalogFile();
        await file.Add("secret");
        ModeOf(file.FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ModeOf(file.FilePath + "-wal").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
}
