using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

public sealed class DatabaseTests
{
    [Fact]
    public void What_was_appended_is_read_newest_first()
    {
        using var store = new Store();
        store.Append(Some.Log("one", 1), Some.Log("three", 3));
        store.Append(Some.Log("two", 2));
        store.Bodies().ShouldBe(["three", "two", "one"]);
    }

    [Fact]
    public void Rows_of_one_time_keep_their_order_of_arrival()
    {
        using var store = new Store();
        store.Append(Some.Log("a"), Some.Log("b"));
        store.Append(Some.Log("c"));
        store.Bodies().ShouldBe(["c", "b", "a"]);
        store.Bodies(change: r => r with { OldestFirst = true }).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void A_cursor_goes_on_where_the_page_ended()
    {
        using var store = new Store();
        store.Append(Some.Rows(10));
        List<(string Body, RowId Id)> first = store.Rows(limit: 4);
        store.Bodies(change: r => r with { After = first[^1].Id }, limit: 3).ShouldBe(["row 5", "row 4", "row 3"]);
    }

    [Fact]
    public void A_time_range_includes_its_start_and_excludes_its_end()
    {
        using var store = new Store();
        store.Append(Some.Log("a", 1), Some.Log("b", 2), Some.Log("c", 3));
        store.Bodies(change: r =>
            r with { From = Some.Noon.Add(TimeSpan.FromSeconds(1)), To = Some.Noon.Add(TimeSpan.FromSeconds(3)) })
            .ShouldBe(["b", "a"]);
    }

    [Fact]
    public void Everything_is_there_again_after_a_restart()
    {
        using var store = new Store();
        store.Append(Some.Rows(100));
        List<(string, RowId)> before = store.Rows();
        store.Reopen();
        store.Rows().ShouldBe(before);
        store.Append(Some.Log("later", 9));
        store.Bodies().Count.ShouldBe(101);
    }

    [Fact]
    public void Datasets_do_not_mix()
    {
        using var store = new Store();
        store.Append(Some.Log("log"));
        store.Append(Some.Log("span") with { Dataset = Dataset.Spans });
        store.Bodies().ShouldBe(["log"]);
    }

    [Fact]
    public void A_malformed_batch_is_refused_before_it_reaches_the_log()
    {
        using var store = new Store();
        byte[] batch = Some.Batch(Some.Log("x"));
        Should.Throw<InvalidDataException>(() => store.Append(batch[..^1]));
        store.Bodies().ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_has_one_owner()
    {
        using var store = new Store();
        var locked = Should.Throw<DatabaseLockedException>(
            () => Database.Open(store.Options, store.Files, store.Clock, new MetricSet()));
        locked.Message.ShouldBe(
            $"the data folder /data is in use by process {Environment.ProcessId}; "
            + "stop it, or give this one another folder with --data");
    }

    [Fact]
    public void A_folder_on_the_real_disk_has_one_owner_and_can_be_opened_again()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-db").FullName;
        try
        {
            using var store = new Store(new DiskFileSystem(), o => o with { Directory = folder });
            store.Append(Some.Rows(3));
            Should.Throw<DatabaseLockedException>(() =>
                Database.Open(store.Options, store.Files, store.Clock, new MetricSet()))
                .Owner.ShouldBe(Environment.ProcessId.ToString());
            store.Reopen();
            store.Bodies().ShouldBe(["row 2", "row 1", "row 0"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
