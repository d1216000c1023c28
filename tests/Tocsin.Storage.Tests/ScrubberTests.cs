using Tocsin.Storage.Care;
using Tocsin.Storage.Io;
using Tocsin.Storage.Segment;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

public sealed class ScrubberTests
{
    [Fact]
    public void A_week_of_small_steps_reads_everything_once_and_finds_nothing_wrong()
    {
        using Store store = Filled();
        long bytes = store.Database.Stats().SegmentBytes;
        Pass(store, TimeSpan.FromDays(7));
        store.Database.Damage.ShouldBeEmpty();
        store.Metrics.Total("tocsin_storage_scrub_bytes_total").ShouldBeInRange(bytes * 6 / 10, bytes * 12 / 10);
        Pass(store, TimeSpan.FromDays(2));
        store.Metrics.Total("tocsin_storage_scrub_passes_total").ShouldBe(1);
    }

    [Fact]
    public void Damage_is_found_told_once_and_gone_when_the_bytes_are_right_again()
    {
        using Store store = Filled();
        var files = (MemoryFileSystem)store.Files;
        string path = files.Paths.Last(p => p.EndsWith(".seg"));
        Flip(files, path, 30);
        Pass(store, TimeSpan.FromDays(30));
        Damage found = store.Database.Damage.ShouldHaveSingleItem();
        (Store.Folder + "/" + found.File).ShouldBe(path);
        found.Offset.ShouldBeInRange(8, 30);
        store.Metrics.Total("tocsin_storage_scrub_damage_total").ShouldBe(1);
        store.Metrics.Total("tocsin_storage_scrub_passes_total").ShouldBeGreaterThan(2);
        Flip(files, path, 30);
        Pass(store, TimeSpan.FromDays(10));
        store.Database.Damage.ShouldBeEmpty();
    }

    [Fact]
    public void A_scan_that_meets_damage_makes_it_look_at_once()
    {
        using Store store = Filled();
        var files = (MemoryFileSystem)store.Files;
        string path = files.Paths.Last(p => p.EndsWith(".seg"));
        Flip(files, path, 30);
        store.Bodies();
        store.LastReport!.BadBlocks.ShouldBe(1);
        store.Clock.Advance(TimeSpan.FromSeconds(15));
        store.Database.Maintain(default);
        store.Database.Damage.ShouldHaveSingleItem();
        store.Metrics.Total("tocsin_storage_scrub_passes_total").ShouldBe(1);
    }

    [Fact]
    public void Columns_that_scans_trust_are_looked_at_again_once_damage_is_found()
    {
        using Store store = Filled();
        int rows = store.Bodies().Count;
        store.Database.CacheBytes.ShouldBePositive();
        string path = ((MemoryFileSystem)store.Files).Paths.Last(p => p.EndsWith(".seg"));
        SegmentFile segment = SegmentFile.Open(store.Files, path, _ => { });
        BlockHeader block = segment.Footer.Blocks[0];
        ColumnEntry body = BlockDirectory.Read(segment, block).Fields("@body")[0];
        // In the file that the database has open.
        using (IFile file = store.Files.OpenWrite(path))
        {
            long place = block.Offset + block.DirectoryLength + body.Offset + body.StoredLength - 1;
            file.Write(place, [0x55]);
        }
        Pass(store, TimeSpan.FromDays(30));
        store.Bodies().Count.ShouldBe(rows);
        store.LastReport!.BadBlocks.ShouldBe(1);
    }

    [Fact]
    public void Damage_goes_with_its_segment()
    {
        using Store store = Filled();
        var files = (MemoryFileSystem)store.Files;
        Flip(files, files.Paths.First(p => p.EndsWith(".seg")), 30);
        store.Bodies();
        store.Clock.Advance(TimeSpan.FromSeconds(15));
        store.Database.Maintain(default);
        store.Database.Damage.Count.ShouldBe(1);
        store.Clock.Advance(TimeSpan.FromDays(60));
        store.Database.Maintain(default);
        store.Database.Damage.ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_damage()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using Store store = Filled(files);
        files.FailRead = path => path.EndsWith("2.seg");
        Pass(store, TimeSpan.FromDays(10));
        store.Database.Damage.ShouldHaveSingleItem().Problem.ShouldContain("input/output error");
        files.FailRead = null;
        files.Delete(((MemoryFileSystem)Inner(files)).Paths.First(p => p.EndsWith(".seg")));
        store.Reopen();
        store.Database.Damage.ShouldHaveSingleItem().Problem.ShouldBe("the segment could not be read at the start");
    }

    [Fact]
    public void Switched_off_it_reads_nothing()
    {
        using Store store = Filled(options: o => o with { ScrubPass = TimeSpan.Zero });
        Pass(store, TimeSpan.FromDays(10));
        store.Metrics.Total("tocsin_storage_scrub_bytes_total").ShouldBe(0);
    }

    private static IFileSystem Inner(FaultyFileSystem files) => files.Inner;

    private static Store Filled(IFileSystem? files = null, Func<DatabaseOptions, DatabaseOptions>? options = null)
    {
        var store = new Store(files, o => (options?.Invoke(o) ?? o) with { LogRetention = TimeSpan.FromDays(50) });
        for (int i = 0; i < 6; i++)
        {
            store.Append(Some.Rows(200, i * 1000));
            store.Database.Seal(default);
        }
        return store;
    }

    private static void Pass(Store store, TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(1))
        {
            store.Clock.Advance(TimeSpan.FromMinutes(1));
            store.Database.Maintain(default);
        }
    }

    private static void Flip(MemoryFileSystem files, string path, int at)
    {
        byte[] bytes = files.ReadAll(path);
        bytes[at] ^= 0x55;
        files.WriteAll(path, bytes);
    }
}
