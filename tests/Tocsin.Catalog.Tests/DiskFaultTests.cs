using Dapper;

namespace Tocsin.Catalog.Tests;

public sealed class DiskFaultTests
{
    [Fact]
    public async Task A_full_disk_fails_the_whole_batch_and_reads_and_later_writes_go_on()
    {
        await using var file = new CatalogFile();
        await file.Add("before");
        using var gate = new ManualResetEventSlim();
        Task<bool> blocker = file.Block(gate);
        bool told = false;
        Task<long> innocent = file.Database.Write(tx =>
        {
            tx.AfterCommit(() => told = true);
            return CatalogFile.Add(tx, "innocent");
        });
        // SQLite answers SQLITE_FULL when the file would outgrow this, just as it does when the disk has no room.
        Task<long> tooLarge = file.Database.Write(tx =>
        {
            tx.Connection.Execute("PRAGMA max_page_count = 1");
            return CatalogFile.Add(tx, new string('x', 1_000_000));
        });
        Task<long> unlucky = file.Add("unlucky");
        gate.Set();

        await blocker;
        foreach (Task<long> write in new[] { innocent, tooLarge, unlucky })
            (await Should.ThrowAsync<CatalogWriteException>(write)).Message.ShouldBe("The disk that holds the catalog is full; nothing was written.");
        told.ShouldBeFalse();
        file.All().ShouldBe(["before"]);
        await file.Add("after");
        file.All().ShouldBe(["before", "after"]);
        file.Metrics.WritePrometheusText().ShouldContain("tocsin_catalog_writes_total{outcome=\"failed\"} 3\n");
    }

    [Fact]
    public async Task A_work_that_ends_the_transaction_itself_breaks_its_batch_but_not_the_writer()
    {
        await using var file = new CatalogFile();
        Task<int> rude = file.Database.Write(tx => tx.Connection.Execute("ROLLBACK"));
        await Should.ThrowAsync<CatalogWriteException>(rude);
        await file.Add("after");
        file.All().ShouldBe(["after"]);
    }

    [Fact]
    public void A_missing_library_is_named_with_its_package()
    {
        CatalogOpenException missing = Should.Throw<CatalogOpenException>(() => PlatformSqlite.Load(["libnosuchthing.so.0"]));
        missing.Message.ShouldContain("libnosuchthing.so.0");
        missing.Message.ShouldContain("apt-get install libsqlite3-0");
    }
}
