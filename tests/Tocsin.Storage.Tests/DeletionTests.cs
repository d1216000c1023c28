using Tocsin.Model;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

public sealed class DeletionTests
{
    private static readonly Instant s_first = new(long.MinValue), s_last = new(long.MaxValue);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Deleted_rows_are_out_of_sight_at_once_and_in_no_file_a_round_later(bool sealedBefore)
    {
        using Store store = Open();
        store.Append(Tagged("secret 1", "x"), Tagged("kept", "y"), Tagged("secret 2", "x"));
        store.Append(Tagged("span", "x") with { Dataset = Dataset.Spans });
        if (sealedBefore)
            store.Database.Seal(default);
        Deletion deletion = store.Database.Delete(Dataset.Logs, "x", s_first, s_last);
        deletion.Rows.ShouldBe(2);
        store.Bodies().ShouldBe(["kept"]);
        Count(store).ShouldBe(1);
        store.Append(Tagged("later", "x"));
        Erase(store);
        store.Database.Tombstones.ShouldBeEmpty();
        store.Bodies().ShouldBe(["later", "kept"]);
        Spans(store).ShouldBe(1);
        ((MemoryFileSystem)store.Files).Paths.ShouldAllBe(p => !Holds(store, p, "secret"));
        store.Metrics.Total("tocsin_storage_erased_rows_total").ShouldBe(2);
    }

    [Fact]
    public void Rows_that_came_later_stay_also_when_the_log_is_replayed()
    {
        using Store store = Open();
        store.Append(Tagged("gone", "x"), Tagged("kept", "y"));
        store.Database.Delete(Dataset.Logs, "x", s_first, s_last);
        store.Append(Tagged("later", "x"));
        store.Reopen();
        store.Bodies().ShouldBe(["later", "kept"]);
        store.Append(Tagged("latest", "x"));
        store.Bodies().ShouldBe(["latest", "later", "kept"]);
        store.Database.Seal(default);
        store.Reopen();
        Erase(store);
        store.Bodies().ShouldBe(["latest", "later", "kept"]);
        store.Database.Tombstones.ShouldBeEmpty();
    }

    [Fact]
    public void Only_rows_of_the_range_go()
    {
        using Store store = Open();
        store.Append([.. Enumerable.Range(0, 10).Select(i => Tagged($"{i}", "x") with { Time = Some.Noon.Add(TimeSpan.FromSeconds(i)) })]);
        store.Database.Seal(default);
        store.Database.Delete(Dataset.Logs, "x", Some.Noon.Add(TimeSpan.FromSeconds(3)), Some.Noon.Add(TimeSpan.FromSeconds(6))).Rows.ShouldBe(3);
        store.Bodies().ShouldBe(["9", "8", "7", "6", "2", "1", "0"]);
        Erase(store);
        store.Bodies().ShouldBe(["9", "8", "7", "6", "2", "1", "0"]);
    }

    [Fact]
    public void A_segment_of_nothing_but_deleted_rows_goes_and_stays_away_without_the_manifest()
    {
        using Store store = Open();
        store.Append(Tagged("gone", "x"));
        store.Database.Seal(default);
        store.Database.Delete(Dataset.Logs, "x", s_first, s_last);
        store.Append(Tagged("kept", "y"));
        Erase(store);
        store.Database.Tombstones.ShouldBeEmpty();
        store.Files.Delete(Store.Folder + "/manifest");
        store.Reopen();
        store.Bodies().ShouldBe(["kept"]);
    }

    [Fact]
    public void Until_the_log_file_is_gone_the_tombstone_stays()
    {
        using Store store = Open();
        store.Append(Tagged("gone", "x"));
        store.Database.Delete(Dataset.Logs, "x", s_first, s_last);
        store.Database.Seal(default);
        store.Database.Maintain(default);
        store.Database.Tombstones.Count.ShouldBe(1, "nothing was written since, so the log file is still the newest");
        store.Reopen();
        store.Database.Maintain(default);
        store.Database.Tombstones.ShouldBeEmpty();
    }

    [Fact]
    public void A_damaged_segment_keeps_its_tombstone_and_what_it_hides()
    {
        using Store store = Open();
        store.Append([.. Enumerable.Range(0, Limits.BlockRows).Select(i => Some.Log($"row {i}", i / 1000.0)),
            Tagged("gone", "x") with { Time = Some.Noon.Add(TimeSpan.FromHours(1)) }]);
        store.Database.Seal(default);
        string path = ((MemoryFileSystem)store.Files).Paths.Single(p => p.EndsWith(".seg"));
        byte[] bytes = ((MemoryFileSystem)store.Files).ReadAll(path);
        bytes[SegmentFile.Open(store.Files, path, _ => { }).Footer.Blocks[0].Offset + 3] ^= 0x55;
        ((MemoryFileSystem)store.Files).WriteAll(path, bytes);
        store.Database.Delete(Dataset.Logs, "x", s_first, s_last);
        Erase(store);
        store.Bodies().ShouldNotContain("gone");
        store.Database.Tombstones.Count.ShouldBe(1);
        store.Files.FileExists(path).ShouldBeTrue();
    }

    [Fact]
    public void A_deletion_that_is_not_on_disk_has_not_happened()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using Store store = Open(files);
        store.Append(Tagged("kept", "x"));
        files.FailSync = path => path.Contains("tombstones");
        Should.Throw<IOException>(() => store.Database.Delete(Dataset.Logs, "x", s_first, s_last));
        files.FailSync = null;
        store.Bodies().ShouldBe(["kept"]);
        store.Reopen();
        store.Bodies().ShouldBe(["kept"]);
    }

    [Fact]
    public void A_damaged_list_of_deletions_is_refused_rather_than_show_what_was_deleted()
    {
        var files = new MemoryFileSystem();
        using (Store store = Open(files))
        {
            store.Append(Tagged("gone", "x"));
            store.Database.Delete(Dataset.Logs, "x", s_first, s_last);
        }
        byte[] bytes = files.ReadAll(Store.Folder + "/tombstones");
        bytes[9] ^= 1;
        files.WriteAll(Store.Folder + "/tombstones", bytes);
        Should.Throw<IOException>(() => Open(files)).Message.ShouldContain("/data/tombstones lists deleted records");
    }

    [Fact]
    public void There_is_a_bound_on_pending_deletions()
    {
        using Store store = Open();
        store.Append(Tagged("row", "x"));
        for (int i = 0; i < TombstoneFile.Most; i++)
            store.Database.Delete(Dataset.Logs, "none", s_first, s_last).Rows.ShouldBe(0);
        Should.Throw<TooManyDeletionsException>(() => store.Database.Delete(Dataset.Logs, "x", s_first, s_last));
        store.Bodies().ShouldBe(["row"]);
    }

    [Theory]
    [InlineData("tombstones.tmp")]
    [InlineData("tombstones")]
    [InlineData(".seg.tmp")]
    [InlineData(".seg")]
    [InlineData("manifest")]
    [InlineData(".wal")]
    public void A_power_cut_at_any_step_brings_nothing_back_and_takes_nothing_else(string step)
    {
        var memory = new MemoryFileSystem();
        var files = new FaultyFileSystem(memory);
        bool deleted = false;
        using (Store store = Open(files))
        {
            for (int i = 0; i < 12; i++)
                store.Append(Tagged($"row {i}", i % 3 == 0 ? "x" : "y") with { Time = Some.Noon.Add(TimeSpan.FromHours(-i * 7)) });
            store.Database.Seal(default);
            files.AfterChange = path =>
            {
                if (path.EndsWith(step, StringComparison.Ordinal))
                    throw new IOException("the power went", 5);
            };
            try
            {
                store.Database.Delete(Dataset.Logs, "x", s_first, s_last).Rows.ShouldBe(4);
                deleted = true;
                Erase(store);
            }
            catch (Exception error) when (error is IOException or ShouldAssertException)
            {
                // The deletion, or an append after it, was told that it failed.
            }
            files.AfterChange = null;
        }
        memory.PowerCut();
        using Store after = Open(memory);
        after.Bodies().Count.ShouldBeOneOf(deleted ? [8] : [8, 12]);
        if (deleted)
            after.Bodies().ShouldAllBe(b => int.Parse(b.Substring(4)) % 3 != 0);
        Erase(after);
        after.Bodies().Count.ShouldBeOneOf(deleted ? [8] : [8, 12]);
    }

    /// <summary>Any order of appends, deletions, upkeep, restarts and power cuts shows what a plain list would hold.</summary>
    [Fact]
    public void A_plain_list_would_hold_the_same()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var memory = new MemoryFileSystem();
            var expected = new List<(string Body, string Tag, Instant Time)>();
            Store store = Open(memory, o => o with { WalFileBytes = 600, MemTableBytes = 4000 });
            for (int step = 0, row = 0; step < 60; step++)
            {
                switch (random.Next(9))
                {
                    case 0: store.Database.Seal(default); break;
                    case 1: store.Database.Maintain(default); break;
                    case 2: store.Reopen(); break;
                    case 3:
                        store.Dispose();
                        memory.PowerCut();
                        store = Open(memory, o => o with { WalFileBytes = 600, MemTableBytes = 4000 });
                        break;
                    case 4 or 5:
                        string tag = $"t{random.Next(4)}";
                        Instant from = Some.Noon.Add(TimeSpan.FromHours(random.Next(-60, 10))), to = from.Add(TimeSpan.FromHours(random.Next(60)));
                        int gone = expected.RemoveAll(e => e.Tag == tag && e.Time >= from && e.Time < to);
                        store.Database.Delete(Dataset.Logs, tag, from, to).Rows.ShouldBe(gone, $"seed {seed} step {step}");
                        break;
                    default:
                        SomeLog[] logs = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
                            Tagged($"row {row++}", $"t{random.Next(4)}") with { Time = Some.Noon.Add(TimeSpan.FromHours(random.Next(-60, 10))) })];
                        store.Append(logs);
                        expected.AddRange(logs.Select(l => (l.Body!, (string)l.Attributes[0].Value!, l.Time)));
                        break;
                }
                store.Bodies().Order().ShouldBe(expected.Select(e => e.Body).Order(), $"seed {seed} step {step}");
                Count(store).ShouldBe(expected.Count);
            }
            store.Append(Tagged("last", "none"));
            Erase(store);
            store.Database.Tombstones.ShouldBeEmpty($"seed {seed}");
            store.Bodies().Count.ShouldBe(expected.Count + 1);
            store.Dispose();
        }
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        byte[] good = new TombstoneFile(9,
            [new Tombstone(1, Dataset.Logs, "service:api", Predicate.All, Some.Noon, s_last, 7)]).Encode();
        var mutation = new Mutation(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = mutation.Of(good);
            if (i % 2 == 0 && bytes.Length > 4)
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Of(bytes.AsSpan(0, bytes.Length - 4)));
            try
            {
                TombstoneFile.Decode(bytes, _ => Predicate.All);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static Store Open(IFileSystem? files = null, Func<DatabaseOptions, DatabaseOptions>? change = null) => new(files, o =>
    {
        o = o with { ReadCondition = text => new FieldEquals(new FieldPath("tag"), text) };
        return change?.Invoke(o) ?? o;
    });

    private static SomeLog Tagged(string body, string tag) => Some.Log(body).With(("tag", tag));

    /// <summary>Seals, rewrites, and gives the log its turn to begin a new file.</summary>
    private static void Erase(Store store)
    {
        store.Database.Seal(default);
        store.Append(Tagged("nobody", "none") with { Dataset = Dataset.Spans });
        store.Database.Seal(default);
        store.Database.Maintain(default);
    }

    private static long Count(Store store)
    {
        long rows = 0;
        store.Database.Count(new ScanRequest { Dataset = Dataset.Logs }, TimeSpan.FromMinutes(1), (_, _, n) => rows += n, default);
        return rows;
    }

    private static int Spans(Store store) =>
        store.Rows(new FieldEquals(new FieldPath("tag"), "x"), r => r with { Dataset = Dataset.Spans }).Count;

    private static bool Holds(Store store, string path, string text) =>
        ((MemoryFileSystem)store.Files).ReadAll(path).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
}
