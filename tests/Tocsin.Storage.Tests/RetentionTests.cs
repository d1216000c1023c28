using Tocsin.Model;
using Tocsin.Storage.Care;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

public sealed class RetentionTests
{
    private const int Day = 86_400;

    private static readonly RetentionClass s_debug = new()
    {
        Name = "debug", Where = new SeverityRange(Severity.Trace, Severity.Debug), Keep = TimeSpan.FromDays(3),
    };

    private static readonly RetentionClass s_payments = new()
    {
        Name = "payments", Where = new FieldEquals(new FieldPath("service.name"), "payments"), Keep = TimeSpan.FromDays(365), Dataset = Dataset.Logs,
    };

    [Fact]
    public void Each_class_has_folders_and_an_end_of_its_own_and_the_first_that_fits_counts()
    {
        using Store store = Open(s_debug, s_payments);
        store.Append(Some.Log("plain"), Payment("paid"), Payment("traced") with { Severity = Severity.Debug });
        store.Append(Payment("span") with { Dataset = Dataset.Spans });
        store.Database.Seal(default);
        store.Files.Directories(Store.Folder + "/events/logs").Order().ShouldBe(["2026-03-14", "debug", "payments"]);
        store.Files.Directories(Store.Folder + "/events/spans").ShouldBe(["2026-03-14"]);
        store.Bodies().ShouldBe(["traced", "paid", "plain"], ignoreOrder: true);
        Pass(store, days: 5);
        store.Bodies().ShouldBe(["paid", "plain"], ignoreOrder: true);
        Pass(store, days: 30);
        store.Bodies().ShouldBe(["paid"]);
        Pass(store, days: 332);
        store.Bodies().ShouldBeEmpty();
    }

    [Fact]
    public void Classes_are_there_again_after_a_restart_and_after_the_manifest_is_lost()
    {
        using Store store = Open(s_payments);
        store.Append(Some.Log("plain"), Payment("paid"));
        store.Database.Seal(default);
        store.Reopen();
        store.Bodies().Count.ShouldBe(2);
        store.Files.Delete(Store.Folder + "/manifest");
        store.Reopen();
        store.Bodies().Count.ShouldBe(2);
        Pass(store, days: 40);
        store.Bodies().ShouldBe(["paid"]);
    }

    [Fact]
    public void Merging_keeps_classes_apart()
    {
        using Store store = Open(s_payments);
        for (int i = 0; i < Limits.MergeAt; i++)
        {
            store.Append(Some.Log($"plain {i}", i), Payment($"paid {i}"));
            store.Database.Seal(default);
        }
        store.Database.Maintain(default);
        store.Database.Stats().Segments.ShouldBe(2);
        Pass(store, days: 40);
        store.Bodies().ShouldAllBe(b => b.StartsWith("paid"));
        store.Bodies().Count.ShouldBe(Limits.MergeAt);
    }

    [Fact]
    public void A_class_that_is_configured_no_more_ends_like_rows_in_none()
    {
        using Store store = Open(s_payments);
        store.Append(Payment("paid"));
        store.Database.Seal(default);
        using var after = new Store(((MemoryFileSystem)store.Files).Copy(), clock: store.Clock);
        after.Bodies().ShouldBe(["paid"]);
        Pass(after, days: 40);
        after.Bodies().ShouldBeEmpty();
    }

    [Fact]
    public void Beyond_its_budget_a_class_loses_its_oldest_segments_and_no_others()
    {
        using Store store = Open(s_payments);
        long one = Fill(store, 6);
        using Store limited = Limited(store, o => o with { Classes = [s_payments with { MaxBytes = one * 5 / 2 }] });
        limited.Database.Maintain(default);
        limited.Bodies().Order().ShouldBe(["paid 4", "paid 5", "plain 0", "plain 1", "plain 2", "plain 3", "plain 4", "plain 5"]);
        limited.Metrics.Total("tocsin_storage_over_budget_segments_total").ShouldBe(4);
    }

    [Fact]
    public void Beyond_the_budget_of_all_the_oldest_go_first_whatever_their_class()
    {
        using Store store = Open(s_payments);
        long one = Fill(store, 4);
        using (Store limited = Limited(store, o => o with { MaxBytes = one * 9 / 2 }))
        {
            limited.Database.Maintain(default);
            limited.Bodies().Order().ShouldBe(["paid 2", "paid 3", "plain 2", "plain 3"]);
        }
        using Store spans = Limited(store, o => o with { MaxSpanBytes = 1, MaxLogBytes = one * 100 });
        spans.Database.Maintain(default);
        spans.Bodies().Count.ShouldBe(8);
    }

    [Fact]
    public void A_full_disk_stops_merging_and_sealing_but_not_expiry()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using var store = new Store(files, o => o with { MinFreeBytes = 1000 });
        for (int i = 0; i < Limits.MergeAt; i++)
        {
            store.Append(Some.Log($"row {i}", i));
            store.Database.Seal(default);
        }
        files.Free = 1500;
        store.Database.Maintain(default);
        store.Database.Stats().Segments.ShouldBe(Limits.MergeAt, "a merge would take the room that appends are promised");
        store.Append(Some.Batch(Some.Log("refused"))).ShouldBe(AppendResult.Stored);
        files.Free = 900;
        store.Clock.Advance(TimeSpan.FromSeconds(2));
        store.Append(Some.Batch(Some.Log("refused"))).ShouldBe(AppendResult.DiskFull);
        store.Bodies().Count.ShouldBe(Limits.MergeAt + 1);
        // What is in memory cannot be sealed, but what is too old still goes, and that is what makes room.
        store.Clock.Advance(TimeSpan.FromDays(40));
        files.BytesLeft = 200;
        store.Database.Maintain(default);
        store.Database.Stats().Segments.ShouldBe(0);
        store.Metrics.Total("tocsin_storage_upkeep_failures_total").ShouldBe(1);
        ((IEnumerable<string>)files.Files(Store.Folder + "/events/logs/2026-03-14")).ShouldBeEmpty();
        files.BytesLeft = long.MaxValue;
        files.Free = 1L << 30;
        store.Append(Some.Batch(Some.Log("welcome"))).ShouldBe(AppendResult.Stored);
    }

    [Theory]
    [InlineData("debug", true)]
    [InlineData("a-b_9", true)]
    [InlineData("", false)]
    [InlineData("logs", false)]
    [InlineData("dataset-9", false)]
    [InlineData("2026-03-14", false)]
    [InlineData("../up", false)]
    [InlineData("Debug", false)]
    public void A_name_of_a_class_is_the_name_of_a_folder(string name, bool fits) => RetentionClass.IsName(name).ShouldBe(fits);

    private static Store Open(params RetentionClass[] classes) => new(options: o => o with { Classes = classes });

    private static SomeLog Payment(string body) => Some.Log(body) with { Service = "payments" };

    /// <summary>A segment a day for each class, of equal size; returns the size.</summary>
    private static long Fill(Store store, int days)
    {
        for (int i = 0; i < days; i++)
        {
            store.Append(Some.Log($"plain {i}", (i - days) * Day) with { Service = "ordering" },
                Payment($"paid {i}") with { Time = Some.Noon.Add(TimeSpan.FromDays(i - days)) });
            store.Database.Seal(default);
        }
        DatabaseStats stats = store.Database.Stats();
        return stats.SegmentBytes / stats.Segments;
    }

    private static Store Limited(Store of, Func<DatabaseOptions, DatabaseOptions> limit) =>
        new(((MemoryFileSystem)of.Files).Copy(), o => limit(o with { Classes = of.Options.Classes }), of.Clock);

    private static void Pass(Store store, int days)
    {
        store.Clock.Advance(TimeSpan.FromDays(days));
        // The second round drops what the first has sealed.
        store.Database.Maintain(default);
        store.Database.Maintain(default);
    }
}
