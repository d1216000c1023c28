using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

public sealed class SegmentFaultTests
{
    private const string ManifestPath = Store.Folder + "/manifest";

    [Fact]
    public void A_damaged_block_is_skipped_counted_and_reported_as_partial()
    {
        using var store = new Store();
        store.Append(Some.Rows(Limits.BlockRows + 100));
        store.Database.Seal(default);
        string path = SegmentPaths(store).Single();
        Damage(store, path, SegmentFile.Open(store.Files, path, _ => { }).Footer.Blocks[0].Offset + 3);
        store.Bodies().Count.ShouldBe((Limits.BlockRows + 100) / 2);
        store.LastReport!.BadBlocks.ShouldBe(1);
        store.LastReport.Partial.ShouldBeTrue();
        store.Database.Stats().Corruptions.ShouldBePositive();
    }

    [Fact]
    public void A_damaged_word_filter_costs_no_rows()
    {
        using var store = new Store();
        store.Append(Some.Rows(100));
        store.Database.Seal(default);
        string path = SegmentPaths(store).Single();
        BlockHeader block = SegmentFile.Open(store.Files, path, _ => { }).Footer.Blocks[0];
        Damage(store, path, block.Offset + block.FilterOffset);
        store.Bodies(new TextContains("row 7")).ShouldBe(["row 7"]);
        store.LastReport!.Partial.ShouldBeFalse();
        store.Database.Stats().Corruptions.ShouldBePositive();
    }

    [Fact]
    public void A_missing_segment_file_is_counted_and_the_rest_is_read()
    {
        using var store = new Store();
        store.Append(Some.Log("gone", 1));
        store.Database.Seal(default);
        string path = SegmentPaths(store).Single();
        byte[] saved = ((MemoryFileSystem)store.Files).ReadAll(path);
        store.Append(Some.Log("kept", 2));
        store.Files.Delete(path);
        store.Reopen();
        store.Bodies().ShouldBe(["kept"]);
        store.Database.Stats().Corruptions.ShouldBe(1);
        // It stays in the manifest: when the file is back, so are its rows.
        store.Database.Seal(default);
        ((MemoryFileSystem)store.Files).WriteAll(path, saved);
        store.Reopen();
        store.Bodies().ShouldBe(["kept", "gone"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_manifest_is_made_again_from_the_segments(bool damaged)
    {
        using var store = new Store(options: o => o with { WalFileBytes = 500 });
        for (int i = 0; i < 20; i++)
        {
            store.Append(Some.Log($"row {i}", i * 10_000));
            if (i % 3 == 2 && i < 18)
                store.Database.Seal(default);
            if (i == 10)
                store.Database.Maintain(default);
        }
        List<(string, RowId)> before = store.Rows();
        if (damaged)
            Damage(store, ManifestPath, 20);
        else
            store.Files.Delete(ManifestPath);
        store.Reopen();
        store.Rows().ShouldBe(before);
        store.Append(Some.Log("after", 1_000_000));
        store.Reopen();
        store.Rows().Count.ShouldBe(before.Count + 1);
    }

    [Theory]
    [InlineData(".seg.tmp")]
    [InlineData("manifest.tmp")]
    [InlineData("manifest")]
    [InlineData(".wal")]
    public void A_power_cut_at_any_step_of_a_seal_loses_and_repeats_nothing(string step)
    {
        var memory = new MemoryFileSystem();
        var files = new FaultyFileSystem(memory);
        using (var store = new Store(files, o => o with { WalFileBytes = 300 }))
        {
            for (int i = 0; i < 12; i++)
                store.Append(Some.Log($"row {i}", i * 20_000));
            files.AfterChange = path =>
            {
                if (path.EndsWith(step, StringComparison.Ordinal))
                    throw new IOException("the power went", 5);
            };
            store.Database.Seal(default);
            files.AfterChange = null;
            store.Bodies().Count.ShouldBe(12);
            store.Database.Maintain(default);
            store.Bodies().Count.ShouldBe(12);
        }
        memory.PowerCut();
        using var after = new Store(memory);
        after.Bodies().Order().ShouldBe(Enumerable.Range(0, 12).Select(i => $"row {i}").Order());
        memory.Paths.ShouldAllBe(p => !p.EndsWith(".seg.tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_disk_during_a_seal_keeps_the_rows_in_memory()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using var store = new Store(files);
        store.Append(Some.Rows(100));
        files.BytesLeft = 50;
        store.Database.Seal(default);
        store.Bodies().Count.ShouldBe(100);
        store.Metrics.Total("tocsin_storage_upkeep_failures_total").ShouldBe(1);
        files.BytesLeft = long.MaxValue;
        store.Database.Maintain(default);
        store.Bodies().Count.ShouldBe(100);
        store.Database.Stats().MemoryRows.ShouldBe(0);
    }

    [Fact]
    public void Expired_days_go_as_a_whole()
    {
        using var store = new Store();
        store.Append(Some.Log("old", -20 * 86400), Some.Log("new", 0));
        store.Append(Some.Log("old span", -20 * 86400) with { Dataset = Dataset.Spans });
        store.Database.Seal(default);
        SegmentPaths(store).Count.ShouldBe(3);
        store.Database.Maintain(default);
        SegmentPaths(store).Count.ShouldBe(2);
        store.Clock.Advance(TimeSpan.FromDays(12));
        store.Database.Maintain(default);
        store.Bodies().ShouldBe(["new"]);
        store.Files.Directories(Store.Folder + "/events/logs").ShouldBe(["2026-03-14"]);
        store.Reopen();
        store.Bodies().ShouldBe(["new"]);
    }

    [Fact]
    public void A_scan_that_began_before_expiry_reads_to_its_end()
    {
        using var store = new Store();
        store.Append(Some.Log("a", 0), Some.Log("b", -86400));
        store.Database.Seal(default);
        var seen = new List<string>();
        ScanReport report = store.Database.Scan(
            new ScanRequest { Dataset = Dataset.Logs },
            (in EventRow row, RowId _) =>
            {
                seen.Add(row.TryGet(Fields.Body, out FieldValue body) ? body.ToString() : "");
                store.Clock.Advance(TimeSpan.FromDays(40));
                store.Database.Maintain(default);
                return true;
            },
            default);
        seen.ShouldBe(["a", "b"]);
        report.Partial.ShouldBeFalse();
        SegmentPaths(store).ShouldBeEmpty();
    }

    [Fact]
    public void Small_segments_of_a_day_are_merged()
    {
        using var store = new Store();
        for (int i = 0; i < Limits.MergeAt; i++)
        {
            store.Append(Some.Log($"row {i}", i));
            store.Database.Seal(default);
        }
        List<(string, RowId)> before = store.Rows();
        SegmentPaths(store).Count.ShouldBe(Limits.MergeAt);
        store.Database.Maintain(default);
        SegmentPaths(store).Count.ShouldBe(1);
        store.Rows().ShouldBe(before);
        store.Reopen();
        store.Rows().ShouldBe(before);
    }

    [Fact]
    public void A_full_memtable_is_sealed_without_being_asked()
    {
        using var store = new Store(options: o => o with { MemTableBytes = 20_000, WalFileBytes = 30_000 });
        for (int i = 0; i < 40; i++)
            store.Append(Some.Rows(100, i * 100)).ShouldBe(AppendResult.Stored);
        store.Bodies().Count.ShouldBe(4000);
        SpinWait.SpinUntil(() => store.Database.Stats().MemoryBytes < 40_000, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        store.Bodies().ShouldBe(Enumerable.Range(0, 4000).Reverse().Select(i => $"row {i}"));
        store.Database.Stats().WalFiles.ShouldBeLessThan(6);
    }

    [Fact]
    public async Task Readers_see_each_row_once_while_it_moves_from_memory_to_disk()
    {
        using var store = new Store(options: o => o with { MemTableBytes = 30_000 });
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            for (int i = 0; i < 150; i++)
                store.Append(Some.Rows(50, i * 50)).ShouldBe(AppendResult.Stored);
            stop.Cancel();
        });
        int last = 0;
        while (!stop.IsCancellationRequested)
        {
            var ids = new List<ulong>();
            store.Database.Scan(
                new ScanRequest { Dataset = Dataset.Logs, AnyOrder = true },
                (in EventRow _, RowId id) =>
                {
                    ids.Add(id.Sequence);
                    return true;
                },
                default);
            ids.Sort();
            // Batches become visible in order and whole: what is seen is always a prefix of what was appended.
            ids.ShouldBe(Enumerable.Range(1, ids.Count).Select(i => (ulong)i));
            ids.Count.ShouldBeGreaterThanOrEqualTo(last);
            last = ids.Count;
        }
        await writing;
    }

    [Fact]
    public void Sums_by_minute_come_from_headers_where_they_can()
    {
        using var store = new Store();
        store.Append(Some.Rows(1000));
        store.Database.Seal(default);
        long total = 0;
        ScanReport report = store.Database.Count(
            new ScanRequest { Dataset = Dataset.Logs }, TimeSpan.FromMinutes(1), (_, _, rows) => total += rows,
                default);
        (total, report.RowsScanned).ShouldBe((1000, 0));
        report = store.Database.Count(
            new ScanRequest { Dataset = Dataset.Logs, From = Some.Noon.Add(TimeSpan.FromMilliseconds(500)) },
            TimeSpan.FromMinutes(1), (_, _, rows) => total += rows, default);
        (total, report.RowsScanned).ShouldBe((1500, 1000));
    }

    [Fact]
    public void A_word_that_is_nowhere_is_answered_without_reading_a_block()
    {
        using var store = new Store();
        store.Append(Some.Rows(1000));
        store.Database.Seal(default);
        store.Bodies(new TextContains("nowhere")).ShouldBeEmpty();
        store.LastReport!.RowsScanned.ShouldBe(0);
        store.Bodies(new TraceIs(Some.TraceId(9))).ShouldBeEmpty();
        store.LastReport.SegmentsSkipped.ShouldBe(1);
    }

    [Fact]
    public void A_block_with_more_names_than_columns_keeps_them_all()
    {
        using var store = new Store();
        store.Append([.. Enumerable.Range(0, 3).Select(i => Some.Log($"row {i}", i).With(
            [.. Enumerable.Range(0, 700).Select(n => ($"wide.{i}.{n}", (object?)n))]))]);
        List<string> before = Canonical(store);
        store.Database.Seal(default);
        Canonical(store).ShouldBe(before);
        store.Bodies(new FieldEquals(new FieldPath("wide.2.699"), "699")).ShouldBe(["row 2"]);
    }

    private static List<string> Canonical(Store store)
    {
        var rows = new List<string>();
        store.Database.Scan(
            new ScanRequest { Dataset = Dataset.Logs },
            (in EventRow row, RowId _) =>
            {
                rows.Add(Store.Canonical(row));
                return true;
            },
            default);
        return rows;
    }

    private static List<string> SegmentPaths(Store store) =>
        [.. ((MemoryFileSystem)store.Files).Paths.Where(p => p.EndsWith(".seg", StringComparison.Ordinal))];

    private static void Damage(Store store, string path, long offset)
    {
        var files = (MemoryFileSystem)store.Files;
        byte[] bytes = files.ReadAll(path);
        bytes[offset] ^= 0x10;
        files.WriteAll(path, bytes);
    }
}
