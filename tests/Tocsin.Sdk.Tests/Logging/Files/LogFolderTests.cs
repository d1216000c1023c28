using System.IO.Compression;
using Microsoft.Extensions.Logging;
using Tocsin.Testing;
using TocsinSdk.Logging.Files;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Logging.Files;

public sealed class LogFolderTests
{
    [Theory]
    [InlineData(1000, 3, false)]
    [InlineData(20_000, 5, false)]
    [InlineData(5000, 0, false)]
    [InlineData(5000, 4, true)]
    public void No_file_outgrows_its_size_and_no_more_backups_than_asked_stay(int size, int backups, bool compress)
    {
        using var logs = new LogPipeline(o => (o.MaxFileSize, o.BackupCount, o.Compress) = (size, backups, compress));
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            logs.Log.LogInformation("{Number} {Filler}", i, new string('x', random.Next(300)));
            if (i % 50 == 0)
                logs.Folder!.Sink.Flush(TimeSpan.FromSeconds(10));
        }
        logs.Folder!.Sink.Flush(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        var app = Path.Combine(logs.Directory, "app.log");
        if (compress)
            SpinWait.SpinUntil(() => Backups.Of(app).TrueForAll(f => f.EndsWith(".gz")), TimeSpan.FromSeconds(20)).ShouldBeTrue();
        var kept = Backups.Of(app);
        kept.Count.ShouldBe(backups);
        // Nothing is lost or out of order in what stays.
        var numbers = kept.Append(app).SelectMany(ReadAll)
            .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("properties").GetProperty("Number").GetInt32()).ToList();
        numbers.ShouldBe(Enumerable.Range(numbers[0], 2000 - numbers[0]));
        foreach (var file in kept.Append(app).Where(f => !f.EndsWith(".gz")))
            new FileInfo(file).Length.ShouldBeLessThanOrEqualTo(size);
    }

    [Fact]
    public void Records_go_to_the_files_their_rules_name()
    {
        using var logs = new LogPipeline(o => o.Level = LogLevel.Debug, development: true);
        logs.Log.LogDebug("d");
        logs.Log.LogError("e");
        logs.Factory.CreateLogger("security").LogWarning("s");
        logs.Factory.CreateLogger("Microsoft.EntityFrameworkCore.Database.Command").LogInformation("q");
        string[] Messages(string file) => [.. logs.Lines(file).Select(l => l.GetProperty("message").GetString()!)];
        Messages("app.log").ShouldBe(["e", "s", "q"]);
        Messages("error.log").ShouldBe(["e"]);
        Messages("debug.log").ShouldBe(["d"]);
        Messages("security.log").ShouldBe(["s"]);
        Messages("database.log").ShouldBe(["q"]);
    }

    [Fact]
    public void A_new_day_begins_a_new_file()
    {
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 21, 23, 59, 0, TimeSpan.Zero));
        using var logs = new LogPipeline(o => o.Compress = false, clock: clock);
        logs.Log.LogInformation("before");
        logs.Lines().Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromMinutes(2));
        logs.Log.LogInformation("after");
        logs.Line().GetProperty("message").GetString().ShouldBe("after");
        Path.GetFileName(Backups.Of(Path.Combine(logs.Directory, "app.log")).ShouldHaveSingleItem())
            .ShouldBe("app-20261122-000100-001.log");
    }

    [Fact]
    public void Only_files_of_the_own_pattern_are_deleted()
    {
        using var logs = new LogPipeline(o => (o.MaxFileSize, o.BackupCount, o.Compress) = (1000, 1, false));
        string[] strangers = ["app-1.log", "app-20200101-000000-001.log.bak", "apple-20200101-000000-001.log", "app_2-20200101-000000-001.log", "app-20200101.log"];
        foreach (var name in strangers)
            File.WriteAllText(Path.Combine(logs.Directory, name), "mine");
        for (var i = 0; i < 200; i++)
            logs.Log.LogInformation("{I}", i);
        logs.Lines();
        foreach (var name in strangers)
            File.Exists(Path.Combine(logs.Directory, name)).ShouldBeTrue(name);
        Backups.Of(Path.Combine(logs.Directory, "app.log")).Count.ShouldBe(1);
    }

    [Fact]
    public void A_file_deleted_underneath_is_made_again()
    {
        var clock = new FakeClock(DateTimeOffset.UtcNow);
        using var logs = new LogPipeline(clock: clock);
        logs.Log.LogInformation("one");
        logs.Lines().Count.ShouldBe(1);
        File.Delete(Path.Combine(logs.Directory, "app.log"));
        clock.Advance(TimeSpan.FromSeconds(2));
        logs.Log.LogInformation("two");
        logs.Line().GetProperty("message").GetString().ShouldBe("two");
    }

    [Fact]
    public void Two_in_one_folder_keep_apart_and_what_the_dead_left_is_saved()
    {
        using var folder = new TempFolder();
        using var first = new LogPipeline(o => o.LogDirectory = folder.Path);
        using var second = new LogPipeline(o => o.LogDirectory = folder.Path);
        first.Log.LogInformation("first");
        second.Log.LogInformation("second");
        first.Folder!.Sink.Flush(TimeSpan.FromSeconds(5)).ShouldBeTrue();
        second.Folder!.Sink.Flush(TimeSpan.FromSeconds(5)).ShouldBeTrue();
        LogPipeline.ReadShared(Path.Combine(folder.Path, "app.log")).ShouldHaveSingleItem().ShouldContain("first");
        LogPipeline.ReadShared(Path.Combine(folder.Path, "app_2.log")).ShouldHaveSingleItem().ShouldContain("second");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_said_once_and_nothing_breaks()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "logs"), "a file stands where the folder should");
        using var logs = new LogPipeline(o => o.LogDirectory = Path.Combine(folder.Path, "logs"));
        logs.Log.LogInformation("nobody hears");
        logs.Folder.ShouldBeNull();
        logs.Said.ShouldHaveSingleItem().ShouldStartWith("tocsin: no log files");
    }

    [Fact]
    public void A_full_queue_drops_the_least_severe_first_and_says_how_many()
    {
        // A directory stands in the file's place, as good as a full disk: every write fails until it is gone.
        using var logs = new LogPipeline(o => o.QueueSize = 64 << 10);
        var app = Path.Combine(logs.Directory, "app.log");
        System.IO.Directory.CreateDirectory(app);
        for (var i = 0; i < 400; i++)
        {
            logs.Log.LogInformation("plenty {I}", i);
            if (i % 20 == 0)
                logs.Log.LogError("precious {I}", i);
        }
        logs.Folder!.Sink.Dropped.ShouldBeGreaterThan(0);
        SpinWait.SpinUntil(() => logs.Said.Count == 1, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        System.IO.Directory.Delete(app);
        SpinWait.SpinUntil(() => logs.Folder.Sink.Flush(TimeSpan.FromSeconds(1)), TimeSpan.FromSeconds(20)).ShouldBeTrue();
        SpinWait.SpinUntil(() => logs.Lines().Any(l => l.GetProperty("logger").GetString() == "Tocsin.Logs"), TimeSpan.FromSeconds(10)).ShouldBeTrue();
        var lines = logs.Lines();
        lines.Count(l => l.GetProperty("level").GetString() == "ERROR").ShouldBe(20);
        var notice = lines.Single(l => l.GetProperty("logger").GetString() == "Tocsin.Logs");
        notice.GetProperty("properties").GetProperty("dropped").GetInt64().ShouldBe(logs.Folder.Sink.Dropped);
        logs.Said.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("before\n", 7)]
    [InlineData("before\none\n", 7)]
    [InlineData("before\none\ntwo\nthr", 7)]
    [InlineData("before\none\nanother's\n", 7)]
    public void Lines_a_dead_process_left_in_the_ring_are_saved_once(string written, int noted)
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "app.log"), written);
        var ring = LogRing.Make(Path.Combine(folder.Path, ".tocsin-1.ring"), 64 << 10);
        ring.Describe(0, "app.log", noted);
        foreach (var line in (string[])["one\n", "two\n", "three\n"])
            ring.TryWrite(System.Text.Encoding.UTF8.GetBytes(line), 1, 2, 64 << 10, out _).ShouldBeTrue();
        using var next = new LogPipeline(o => o.LogDirectory = folder.Path);
        var lines = LogPipeline.ReadShared(Path.Combine(folder.Path, "app.log"));
        lines.Count(l => l == "one").ShouldBe(1);
        lines.Count(l => l == "two").ShouldBe(1);
        lines.Count(l => l.EndsWith("three")).ShouldBe(1);
    }

    [Fact]
    public void A_ring_passes_every_line_in_order_round_after_round()
    {
        var ring = LogRing.Make(null, 4096);
        var random = new Random(5);
        var (sent, got) = (0, 0);
        for (var round = 0; round < 5000; round++)
        {
            for (var i = random.Next(8); i > 0; i--)
                if (ring.TryWrite(System.Text.Encoding.ASCII.GetBytes(sent + ":" + new string('x', random.Next(200))), 1, 2, 4096, out _))
                    sent++;
            var position = ring.First;
            for (var i = random.Next(8); i > 0 && ring.Next(ref position, out var line, out _); i--)
                System.Text.Encoding.ASCII.GetString(line).ShouldStartWith(got++ + ":");
            ring.Done(position);
        }
        sent.ShouldBeGreaterThan(10_000);
        (sent - got).ShouldBeLessThan(100);
    }

    private static IEnumerable<string> ReadAll(string file)
    {
        if (!file.EndsWith(".gz"))
            return LogPipeline.ReadShared(file);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
