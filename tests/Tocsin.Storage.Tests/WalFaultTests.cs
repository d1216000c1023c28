using Tocsin.Storage.Io;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

public sealed class WalFaultTests
{
    private const string FirstLog = Store.Folder + "/wal/0000000000000001.wal";

    [Fact]
    public void A_log_torn_at_any_byte_gives_back_every_whole_batch()
    {
        (MemoryFileSystem files, byte[] log, List<int> ends) = SmallLog();
        for (int length = 0; length < log.Length; length++)
        {
            MemoryFileSystem torn = files.Copy();
            torn.WriteAll(FirstLog, log.AsSpan(0, length));
            using var store = new Store(torn);
            int whole = ends.Count(e => e <= length);
            store.Bodies().Count.ShouldBe(whole, $"torn at {length}");
            DatabaseStats stats = store.Database.Stats();
            stats.Corruptions.ShouldBe(0, $"torn at {length}");
            int kept = whole > 0 ? ends[whole - 1] : length < 24 ? 0 : Math.Min(length, 48);
            stats.TornBytes.ShouldBe(length - kept, $"torn at {length}");
        }
    }

    [Fact]
    public void After_a_torn_end_new_rows_are_kept_across_the_next_restart()
    {
        (MemoryFileSystem files, byte[] log, _) = SmallLog();
        files.WriteAll(FirstLog, log.AsSpan(0, log.Length - 1));
        using var store = new Store(files);
        store.Append(Some.Log("new", 99));
        store.Reopen();
        store.Bodies().ShouldBe(["new", "row 1", "row 0"]);
        store.Database.Stats().TornBytes.ShouldBe(0);
    }

    [Fact]
    public void One_flipped_bit_costs_at_most_one_batch()
    {
        (MemoryFileSystem files, byte[] log, _) = SmallLog();
        for (int bit = 0; bit < log.Length * 8; bit += 3)
        {
            byte[] bad = [.. log];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            MemoryFileSystem damaged = files.Copy();
            damaged.WriteAll(FirstLog, bad);
            using var store = new Store(damaged);
            store.Bodies().Count.ShouldBeGreaterThanOrEqualTo(bit < 48 * 8 ? 3 : 2, $"bit {bit}");
            DatabaseStats stats = store.Database.Stats();
            if (bit >= 48 * 8)
                (stats.Corruptions + stats.TornBytes).ShouldBePositive($"bit {bit}");
        }
    }

    [Fact]
    public void Damage_in_an_older_file_is_counted_and_stepped_over()
    {
        using var store = new Store(options: o => o with { WalFileBytes = 100 });
        store.Append(Some.Log("old", 1));
        store.Append(Some.Log("new", 2));
        var files = (MemoryFileSystem)store.Files;
        byte[] log = files.ReadAll(FirstLog);
        log[^1] ^= 1;
        files.WriteAll(FirstLog, log);
        store.Reopen();
        store.Bodies().ShouldBe(["new"]);
        store.Database.Stats().Corruptions.ShouldBe(1);
    }

    [Fact]
    public void A_frame_inside_a_message_is_not_taken_for_a_frame()
    {
        using var store = new Store();
        store.Append(Some.Log("original", 1));
        var files = (MemoryFileSystem)store.Files;
        byte[] frame = files.ReadAll(FirstLog)[48..];
        // Another run has another salt, so the copied frame does not check there.
        using var other = new Store();
        other.Append(Some.Log("carrier", 2).With(("payload", frame)), Some.Log("x", 3));
        other.Append(Some.Log("after", 4));
        var otherFiles = (MemoryFileSystem)other.Files;
        byte[] log = otherFiles.ReadAll(FirstLog);
        log[60] ^= 1;
        otherFiles.WriteAll(FirstLog, log);
        other.Reopen();
        other.Bodies().ShouldBe(["after"]);
    }

    [Fact]
    public async Task An_append_completes_only_after_the_sync()
    {
        using var hold = new ManualResetEventSlim(false);
        using var reached = new ManualResetEventSlim(false);
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using var store = new Store(files);
        store.Append(Some.Log("first"));
        files.BeforeSync = path =>
        {
            reached.Set();
            hold.Wait();
        };
        Task<AppendResult> append = store.Database.Append(Some.Rows(1), CancellationToken.None).AsTask();
        reached.Wait(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        append.IsCompleted.ShouldBeFalse();
        store.Bodies().ShouldBe(["first"]);
        hold.Set();
        (await append.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(AppendResult.Stored);
        store.Bodies().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Appends_that_wait_during_a_sync_share_the_next_one()
    {
        using var hold = new ManualResetEventSlim(false);
        using var reached = new ManualResetEventSlim(false);
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using var store = new Store(files);
        store.Append(Some.Log("first"));
        files.BeforeSync = _ =>
        {
            reached.Set();
            hold.Wait();
        };
        int before = files.Syncs;
        var appends = new List<Task<AppendResult>> { store.Database.Append(Some.Rows(1), CancellationToken.None)
            .AsTask() };
        reached.Wait(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        for (int i = 0; i < 50; i++)
            appends.Add(store.Database.Append(Some.Rows(1), CancellationToken.None).AsTask());
        hold.Set();
        (await Task.WhenAll(appends).WaitAsync(TimeSpan.FromSeconds(10))).ShouldAllBe(r => r == AppendResult.Stored);
        (files.Syncs - before).ShouldBe(2);
    }

    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_was_acknowledged_survives_a_power_cut(int seed)
    {
        var random = FuzzSeed.Random(seed);
        var memory = new MemoryFileSystem();
        var acknowledged = new List<string>();
        for (int life = 0; life < 6; life++)
        {
            using var store = new Store(memory, o => o with { WalFileBytes = 2000 });
            store.Bodies().Order().ShouldBe(acknowledged.Order());
            for (int i = 0; i < 30; i++)
            {
                string body = $"{life}-{i}";
                store.Append(Some.Log(body, random.Next(100_000)));
                acknowledged.Add(body);
                if (random.Next(10) == 0)
                    store.Database.Seal(CancellationToken.None);
                if (random.Next(10) == 0)
                    store.Database.Maintain(CancellationToken.None);
            }
            memory.PowerCut();
        }
    }

    [Fact]
    public void A_failed_sync_ends_appends_until_the_next_open_and_reads_go_on()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using var store = new Store(files);
        store.Append(Some.Log("kept"));
        files.FailSync = path => path.EndsWith(".wal", StringComparison.Ordinal);
        store.Append(Some.Rows(1)).ShouldBe(AppendResult.Failed);
        files.FailSync = null;
        store.Append(Some.Rows(1)).ShouldBe(AppendResult.Failed);
        store.Database.Stats().Failure.ShouldNotBeNull().ShouldContain("input/output error");
        store.Bodies().ShouldBe(["kept"]);
        store.Reopen();
        store.Append(Some.Log("again", 5));
        store.Bodies().ShouldContain("again");
    }

    [Fact]
    public void A_full_disk_refuses_appends_and_takes_them_again_when_there_is_room()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using var store = new Store(files);
        store.Append(Some.Log("a", 1));
        for (int left = 0; left < 40; left += 7)
        {
            files.BytesLeft = left;
            store.Append(Some.Rows(5)).ShouldBe(AppendResult.DiskFull);
            store.Database.Stats().DiskFull.ShouldBeTrue();
            store.Bodies().ShouldBe(["a"]);
        }
        files.BytesLeft = long.MaxValue;
        store.Append(Some.Log("b", 2));
        store.Reopen();
        store.Bodies().ShouldBe(["b", "a"]);
        store.Database.Stats().Corruptions.ShouldBe(0);
    }

    [Fact]
    public void Appends_are_refused_before_the_disk_is_full()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem()) { Free = 10_000_000 };
        using var store = new Store(files, o => o with { MinFreeBytes = 1_000_000 });
        store.Append(Some.Log("a", 1));
        files.Free = 1_000_100;
        store.Clock.Advance(TimeSpan.FromSeconds(2));
        store.Append(Some.Rows(10)).ShouldBe(AppendResult.DiskFull);
        store.Bodies().ShouldBe(["a"]);
        files.Free = 10_000_000;
        store.Append(Some.Log("b", 2));
    }

    [Fact]
    public async Task Too_much_in_the_queue_waits_and_is_then_refused()
    {
        using var hold = new ManualResetEventSlim(false);
        using var reached = new ManualResetEventSlim(false);
        var files = new FaultyFileSystem(new MemoryFileSystem());
        byte[] batch = Some.Rows(10);
        using var store = new Store(files, o => o with { QueuedBytes = batch.Length * 2 });
        files.BeforeSync = _ =>
        {
            reached.Set();
            hold.Wait();
        };
        List<Task<AppendResult>> taken = [Append(), Append()];
        reached.Wait(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        Task<AppendResult> late = Append();
        late.IsCompleted.ShouldBeFalse();
        store.Clock.Advance(Limits.RoomWait);
        (await late.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(AppendResult.Overloaded);
        Task<AppendResult> patient = Append();
        hold.Set();
        taken.Add(patient);
        (await Task.WhenAll(taken).WaitAsync(TimeSpan.FromSeconds(10))).ShouldAllBe(r => r == AppendResult.Stored);
        store.Bodies().Count.ShouldBe(30);

        Task<AppendResult> Append() => store.Database.Append(batch, CancellationToken.None).AsTask();
    }

    private static (MemoryFileSystem Files, byte[] Log, List<int> Ends) SmallLog()
    {
        var files = new MemoryFileSystem();
        var ends = new List<int>();
        using (var store = new Store(files))
        {
            for (int i = 0; i < 3; i++)
            {
                store.Append(Some.Log($"row {i}", i));
                ends.Add(files.ReadAll(FirstLog).Length);
            }
        }
        return (files, files.ReadAll(FirstLog), ends);
    }
}
