using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests.Segment;

/// <summary>What queries remember of blocks changes no answer, stays within its bound, and goes with its files.</summary>
public sealed class BlockCacheTests
{
    private const int Rows = 6000;

    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    [InlineData(8 << 20)]
    public void Rows_read_one_by_one_from_remembered_columns_are_those_of_a_whole_scan(int bytes)
    {
        using Store store = Filled(bytes);
        List<string> all = Canonical(store, Predicate.All);
        all.Count.ShouldBe(Rows);
        Random random = FuzzSeed.Random(31);
        for (int i = 0; i < 60; i++)
        {
            int row = random.Next(Rows);
            string expected = all[Rows - 1 - row];
            Canonical(store, new FieldEquals(new FieldPath("request.id"), RequestId(row))).ShouldBe([expected]);
            Canonical(store, new TraceIs(TraceId(row / 3))).ShouldBe(all.Slice(Rows - 3 - row / 3 * 3, 3));
            Canonical(store, new TextContains($"took {row} ms")).ShouldBe([expected]);
        }
        store.Metrics.WritePrometheusText().ShouldContain("tocsin_storage_cache_bytes");
        store.Database.CacheBytes.ShouldBeLessThanOrEqualTo(bytes);
        (store.Database.CacheBytes > 0).ShouldBe(bytes > 0);
    }

    [Fact]
    public void Columns_of_merged_and_expired_segments_are_forgotten()
    {
        using var store = new Store();
        for (int i = 0; i < Limits.MergeAt; i++)
        {
            store.Append(Some.Log($"row {i}", i));
            store.Database.Seal(default);
        }
        List<string> before = Canonical(store, Predicate.All);
        long held = store.Database.CacheBytes;
        held.ShouldBePositive();
        store.Database.Maintain(default);
        store.Database.CacheBytes.ShouldBe(0);
        Canonical(store, Predicate.All).ShouldBe(before);
        store.Database.CacheBytes.ShouldBeInRange(1, held / 2);
        store.Clock.Advance(TimeSpan.FromDays(40));
        store.Database.Maintain(default);
        store.Database.CacheBytes.ShouldBe(0);
    }

    [Fact]
    public void Scans_of_more_than_it_holds_leave_the_small_parts_and_some_of_the_large_ones()
    {
        const int Blocks = 100, Large = 100_000, Small = 1000;
        var cache = new BlockCache(capacity: Blocks * Large / 4);
        int large = 0, small = 0;
        for (int scan = 0; scan < 40; scan++)
        {
            (large, small) = (0, 0);
            for (int block = 0; block < Blocks; block++)
            {
                small += Held(cache, 2 * block, Small);
                large += Held(cache, 2 * block + 1, Large);
            }
        }
        small.ShouldBe(Blocks);
        large.ShouldBeInRange(Blocks / 8, Blocks / 4);
        cache.Bytes.ShouldBeLessThanOrEqualTo(Blocks * Large / 4);
    }

    private static int Held(BlockCache cache, long offset, int size)
    {
        if (cache.Find<string>(null!, offset) is not null)
            return 1;
        cache.Add(null!, offset, "part", size);
        return 0;
    }

    [Fact]
    public async Task Readers_share_columns_at_the_same_time()
    {
        using Store store = Filled(300_000);
        List<string> all = Canonical(store, Predicate.All);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(reader => Task.Run(() =>
        {
            Random random = FuzzSeed.Random(reader);
            for (int i = 0; i < 40; i++)
            {
                int row = random.Next(Rows);
                Canonical(store, new TextContains($"took {row} ms")).ShouldBe([all[Rows - 1 - row]]);
                Canonical(store, new TraceIs(TraceId(row / 3))).Count.ShouldBe(3);
            }
        })));
    }

    private static Store Filled(int cacheBytes)
    {
        var store = new Store(options: o => o with { CacheBytes = cacheBytes });
        using var writer = new EventBatchWriter(Dataset.Logs);
        for (int i = 0; i < Rows; i++)
        {
            Instant time = Some.Noon.Add(TimeSpan.FromMilliseconds(i));
            writer.BeginRow(time, time, (byte)(i % 24 + 1), TraceId(i / 3), i % 7 == 0 ? [] : Some.SpanId(i % 200));
            Add(writer, "@body", i % 2 == 0 ? $"order {i * 7} of user-{i % 90} took {i} ms" : $"took {i} ms for {(char)('a' + i % 26)}bc");
            Add(writer, "request.id", RequestId(i));
            Add(writer, "half", i * 0.5);
            if (i % 3 == 0)
                Add(writer, "some", (long)i * i);
            if (i % 5 == 0)
                Add(writer, "mixed", i % 2 == 0 ? i : new object?[] { i, "x" });
            writer.EndRow();
        }
        store.Append(writer.Encoded.ToArray()).ShouldBe(AppendResult.Stored);
        store.Database.Seal(default);
        return store;
    }

    private static void Add(EventBatchWriter writer, string name, object value)
    {
        writer.Name(System.Text.Encoding.UTF8.GetBytes(name));
        Some.Value(writer, value);
    }

    private static byte[] TraceId(int n)
    {
        byte[] id = new byte[16];
        new Random(n).NextBytes(id);
        return id;
    }

    private static string RequestId(int n) => $"req-{new Random(n).Next():x8}{n:x8}";

    private static List<string> Canonical(Store store, Predicate where)
    {
        var rows = new List<string>();
        store.Database.Scan(
            new ScanRequest { Dataset = Dataset.Logs, Where = where },
            (in EventRow row, RowId _) =>
            {
                rows.Add(Store.Canonical(row));
                return true;
            },
            default);
        return rows;
    }
}
