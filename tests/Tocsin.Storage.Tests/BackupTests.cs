using System.Text;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

public sealed class BackupTests
{
    private const string Folder = "/backups", Restored = "/restored";

    [Fact]
    public void A_running_database_is_restored_as_it_was_at_that_moment()
    {
        using Store store = Filled();
        store.Database.Delete(Dataset.Logs, "row 3", new(long.MinValue), new(long.MaxValue));
        List<string> then = store.Bodies();
        BackupReport report = BackUp(store);
        report.Problems.ShouldBeEmpty();
        store.Append(Some.Log("later", 1_000_000));
        Verify(store.Files, Folder).Damage.ShouldBeEmpty();
        RestoreReport restored = Restore(store.Files);
        (restored.Snapshot, restored.Bytes, restored.Aside).ShouldBe((report.Snapshot, report.Bytes, null));
        using Store copy = Open(store.Files, Restored);
        copy.Bodies().ShouldBe(then);
        copy.Append(Some.Log("goes on", 2_000_000));
        copy.Bodies()[0].ShouldBe("goes on");
        store.Bodies()[0].ShouldBe("later");
    }

    [Fact]
    public void A_stopped_database_is_backed_up_without_changing_it()
    {
        var files = new MemoryFileSystem();
        List<string> then;
        using (Store store = Filled(files))
            then = store.Bodies();
        string[] before = [.. files.Paths];
        using (var backup = new Backup(files, new FakeClock(), Store.Folder, Folder, _ => { }, default))
            backup.OfStopped(Store.Folder, _ => { });
        files.Paths.Where(p => !p.StartsWith(Folder)).ShouldBe(before);
        Restore(files);
        using Store copy = Open(files, Restored);
        copy.Bodies().ShouldBe(then);
    }

    [Fact]
    public void A_running_database_is_not_taken_for_a_stopped_one()
    {
        using Store store = Filled();
        using (var backup = new Backup(store.Files, store.Clock, Store.Folder, Folder, _ => { }, default))
        {
            Should.Throw<DatabaseLockedException>(() => backup.OfStopped(Store.Folder, _ => { }));
            Should.Throw<CareException>(() => BackUp(store)).Message.ShouldContain("another backup writes to /backups");
        }
        store.Files.Directories(Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Only_what_is_new_is_read_again_and_old_snapshots_stay_whole()
    {
        using Store store = Filled();
        BackupReport first = BackUp(store);
        store.Append(Some.Log("new", 500));
        store.Database.Seal(default);
        BackupReport second = BackUp(store);
        second.Snapshot.ShouldNotBe(first.Snapshot);
        (second.Files - second.New).ShouldBe(first.Files - LogsAndLists(store, first.Snapshot));
        store.Clock.Advance(TimeSpan.FromDays(60));
        store.Database.Maintain(default);
        store.Bodies().ShouldBeEmpty();
        Verify(store.Files, first.Snapshot).Damage.ShouldBeEmpty();
        Verify(store.Files, second.Snapshot).Damage.ShouldBeEmpty();
        Restore(store.Files, first.Snapshot);
        using Store copy = new(store.Files, o => o with { Directory = Restored }, new FakeClock());
        copy.Bodies().ShouldNotContain("new");
        copy.Bodies().Count.ShouldBe(30);
    }

    [Fact]
    public void Across_file_systems_files_are_copied_and_the_next_snapshot_links_them()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem()) { RefuseLink = path => path.StartsWith(Store.Folder) };
        using Store store = Filled(files);
        BackupReport first = BackUp(store);
        first.Copied.ShouldBeGreaterThanOrEqualTo(first.Bytes - 2000);
        BackupReport second = BackUp(store);
        second.Copied.ShouldBeLessThan(first.Copied);
        Verify(files, second.Snapshot).Damage.ShouldBeEmpty();
    }

    [Fact]
    public void Old_snapshots_are_deleted_when_only_some_are_to_be_kept()
    {
        using Store store = Filled();
        string[] made = [.. Enumerable.Range(0, 4).Select(_ => BackUp(store).Snapshot)];
        Backup.Keep(store.Files, Folder, 2);
        store.Files.Directories(Folder).Order().ShouldBe(made[2..].Select(m => Path.GetFileName(m)));
        Verify(store.Files, Folder).Damage.ShouldBeEmpty();
    }

    [Fact]
    public void A_backup_that_was_cut_short_is_no_snapshot_and_goes_with_the_next()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using Store store = Filled(files);
        BackupReport whole = BackUp(store);
        files.FailSync = path => path.EndsWith("backup.json");
        Should.Throw<IOException>(() => BackUp(store));
        files.FailSync = null;
        files.Directories(Folder).Count.ShouldBe(1);
        // As a kill leaves it.
        files.CreateDirectory(whole.Snapshot[..^3] + "59Z.unfinished/events");
        Verify(files, Folder).Folder.ShouldBe(whole.Snapshot);
        BackUp(store);
        files.Directories(Folder).ShouldAllBe(d => !d.Contains("unfinished"));
        files.Directories(Folder).Count.ShouldBe(2);
    }

    [Fact]
    public void A_missing_segment_is_told_and_the_rest_is_backed_up()
    {
        using Store store = Filled();
        string segment = ((MemoryFileSystem)store.Files).Paths.First(p => p.EndsWith(".seg"));
        store.Files.Delete(segment);
        BackupReport report = BackUp(store);
        report.Problems.Single().ShouldContain(Path.GetFileName(segment));
        Verify(store.Files, Store.Folder).Damage.Single().Problem.ShouldBe("the file is missing");
    }

    [Fact]
    public void Restore_refuses_a_folder_with_something_in_it_unless_it_may_be_moved_aside()
    {
        using Store store = Filled();
        BackUp(store);
        using (Store other = Open(store.Files, Restored))
        {
            other.Append(Some.Log("other"));
            Should.Throw<DatabaseLockedException>(() => Restore(store.Files, force: true));
        }
        Should.Throw<CareException>(() => Restore(store.Files)).Message.ShouldContain("is not empty");
        RestoreReport report = Restore(store.Files, force: true);
        using (Store copy = Open(store.Files, Restored))
            copy.Bodies().ShouldBe(store.Bodies());
        using Store aside = Open(store.Files, report.Aside!);
        aside.Bodies().ShouldBe(["other"]);
    }

    [Fact]
    public void Restore_refuses_a_damaged_snapshot_before_it_touches_the_target()
    {
        using Store store = Filled();
        string snapshot = BackUp(store).Snapshot;
        string log = ((MemoryFileSystem)store.Files).Paths.First(p => p.StartsWith(snapshot) && p.EndsWith(".wal"));
        Flip((MemoryFileSystem)store.Files, log, 60);
        Should.Throw<CareException>(() => Restore(store.Files)).Message.ShouldContain("nothing was restored: wal/");
        store.Files.Files(Restored).ShouldBeEmpty();
    }

    [Fact]
    public void A_restore_that_was_cut_short_is_not_opened_as_a_whole_one()
    {
        var files = new FaultyFileSystem(new MemoryFileSystem());
        using Store store = Filled(files);
        BackUp(store);
        files.FailSync = path => path.StartsWith(Restored) && path.EndsWith("manifest");
        Should.Throw<IOException>(() => Restore(files));
        files.FailSync = null;
        Should.Throw<CareException>(() => Open(files, Restored)).Message.ShouldContain("run it again with --force");
        Restore(files, force: true);
        using Store copy = Open(files, Restored);
        copy.Bodies().ShouldBe(store.Bodies());
    }

    [Fact]
    public void A_backup_goes_neither_into_the_data_nor_into_a_snapshot()
    {
        using Store store = Filled();
        Should.Throw<CareException>(() => BackUp(store, Store.Folder + "/backups"));
        BackupReport report = BackUp(store);
        Should.Throw<CareException>(() => BackUp(store, report.Snapshot));
        Should.Throw<CareException>(() => Verify(store.Files, "/nowhere")).Message.ShouldContain("neither a data folder nor a backup");
    }

    [Fact]
    public void One_changed_byte_anywhere_in_a_snapshot_is_found()
    {
        using Store store = Filled();
        string snapshot = BackUp(store).Snapshot;
        var memory = (MemoryFileSystem)store.Files;
        var random = new Random(5);
        string[] paths = [.. memory.Paths.Where(p => p.StartsWith(snapshot) && !p.EndsWith("backup.json"))];
        for (int i = 0; i < 200; i++)
        {
            MemoryFileSystem copy = memory.Copy();
            string path = paths[random.Next(paths.Length)];
            Flip(copy, path, random.Next(memory.ReadAll(path).Length));
            Verify(copy, Folder).Damage.ShouldContain(d => snapshot + "/" + d.File == path);
        }
    }

    [Fact]
    public void One_changed_byte_in_a_segment_of_the_data_is_found_with_its_place()
    {
        using Store store = Filled();
        var memory = (MemoryFileSystem)store.Files;
        VerifyReport sound = Verify(memory, Store.Folder);
        sound.Damage.ShouldBeEmpty();
        sound.Bytes.ShouldBeGreaterThanOrEqualTo(store.Database.Stats().SegmentBytes);
        var random = new Random(6);
        string[] paths = [.. memory.Paths.Where(p => p.EndsWith(".seg"))];
        for (int i = 0; i < 200; i++)
        {
            MemoryFileSystem copy = memory.Copy();
            string path = paths[random.Next(paths.Length)];
            // The first 8 bytes hold two that mean nothing.
            int at = random.Next(8, memory.ReadAll(path).Length);
            Flip(copy, path, at);
            Damage found = Verify(copy, Store.Folder).Damage.ShouldHaveSingleItem();
            (Store.Folder + "/" + found.File).ShouldBe(path);
            found.Offset.ShouldBeLessThanOrEqualTo(at);
        }
    }

    [Fact]
    public void A_changed_byte_in_the_middle_of_the_log_is_found_with_its_place()
    {
        using Store store = Filled();
        var memory = (MemoryFileSystem)store.Files;
        string log = memory.Paths.Last(p => p.EndsWith(".wal"));
        Flip(memory, log, 100);
        Damage found = Verify(memory, Store.Folder).Damage.ShouldHaveSingleItem();
        (found.File, found.Offset).ShouldBe((log[6..], 48));
    }

    [Fact]
    public void Any_bytes_are_a_list_or_refused_and_no_list_leaves_its_folder()
    {
        byte[] good = BackupList.Of(DateTimeOffset.UnixEpoch, [new("events/logs/x.seg", 7, new string('a', 64))]).Encode();
        BackupList.Decode(good).Files.Single().Size.ShouldBe(7);
        var mutation = new Mutation(3);
        for (int i = 0; i < 20_000; i++)
        {
            try
            {
                BackupList.Decode(mutation.Of(good)).Files.ShouldAllBe(f => !f.Path.Contains(".."));
            }
            catch (InvalidDataException)
            {
            }
        }
        foreach (string path in new[] { "../x", "/etc/passwd", "a/../b", "a\\\\b", "" })
            Should.Throw<InvalidDataException>(() =>
                BackupList.Decode(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good).Replace("events/logs/x.seg", path))));
    }

    [Fact]
    public async Task On_a_real_disk_segments_are_linked_and_a_backup_runs_beside_appends()
    {
        string root = Directory.CreateTempSubdirectory("tocsin-backup").FullName;
        try
        {
            var disk = new DiskFileSystem();
            using var store = new Store(disk, o => o with { Directory = root + "/data", MemTableBytes = 100_000, WalFileBytes = 150_000 });
            using var stop = new CancellationTokenSource();
            int acknowledged = 0;
            Task writing = Task.Run(() =>
            {
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    store.Append(Some.Rows(20, i * 20)).ShouldBe(AppendResult.Stored);
                    Volatile.Write(ref acknowledged, (i + 1) * 20);
                }
            });
            for (int round = 0; round < 5; round++)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref acknowledged) > (round + 1) * 1000, TimeSpan.FromSeconds(20)).ShouldBeTrue();
                int before = Volatile.Read(ref acknowledged);
                using (var backup = new Backup(disk, TimeProvider.System, root + "/data", root + "/backups", _ => { }, default))
                    backup.Of(store.Database, _ => { }).Problems.ShouldBeEmpty();
                int after = Volatile.Read(ref acknowledged);
                string target = $"{root}/restored-{round}";
                new Restore(disk, TimeProvider.System, _ => null, _ => { }, default).Run(root + "/backups", target, force: false);
                using var copy = new Store(disk, o => o with { Directory = target });
                List<string> bodies = copy.Bodies();
                bodies.Count.ShouldBeInRange(before, after + 40);
                bodies.ShouldBe(Enumerable.Range(0, bodies.Count).Reverse().Select(i => $"row {i}"));
            }
            stop.Cancel();
            await writing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>Thirty rows, some in segments of several days and two classes, some in memory.</summary>
    private static Store Filled(IFileSystem? files = null)
    {
        var five = new RetentionClass { Name = "five", Where = Body("row 5"), Keep = TimeSpan.FromDays(20) };
        var store = new Store(files, o => o with { ReadCondition = Body, Classes = [five] });
        for (int i = 0; i < 30; i++)
        {
            store.Append(Some.Log($"row {i}", i * 7000));
            if (i % 8 == 7)
                store.Database.Seal(default);
        }
        return store;
    }

    private static Store Open(IFileSystem files, string folder) => new(files, o => o with { Directory = folder, ReadCondition = Body });

    private static Predicate Body(string text) => new FieldEquals(new FieldPath("@body"), text);

    private static BackupReport BackUp(Store store, string folder = Folder)
    {
        using var backup = new Backup(store.Files, store.Clock, Store.Folder, folder, _ => { }, default);
        return backup.Of(store.Database, _ => { });
    }

    private static VerifyReport Verify(IFileSystem files, string folder) => new Verification(files, _ => null, _ => { }, default).Run(folder);

    private static RestoreReport Restore(IFileSystem files, string from = Folder, bool force = false) =>
        new Restore(files, new FakeClock(), _ => null, _ => { }, default).Run(from, Restored, force);

    private static int LogsAndLists(Store store, string snapshot) =>
        BackupList.Load(store.Files, snapshot).Files.Count(f => !f.Path.EndsWith(".seg"));

    private static void Flip(MemoryFileSystem files, string path, int at)
    {
        byte[] bytes = files.ReadAll(path);
        bytes[at] ^= 0x55;
        files.WriteAll(path, bytes);
    }
}
