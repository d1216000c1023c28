using System.Text;
using Tocsin.Cli.Run.Spool;
using Tocsin.Model.Crashes;
using Tocsin.Testing;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Records on disk: caps, damage, and folders that do not work.</summary>
public sealed class CrashSpoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_record_comes_back_as_it_was_written()
    {
        var spool = new CrashSpool(_folder.Path);
        var record = Record(1, "orders/..");
        var json = Encoding.UTF8.GetBytes(CrashJson.Write(record));
        spool.Write(record, json).ShouldNotBeNull();
        var file = spool.Waiting().ShouldHaveSingleItem();
        file.Name.ShouldBe("CRASH-20260102030405-00000001.Killed.orders___.json");
        spool.Read(file).ShouldBe(json);
        spool.Remove(file.FullName);
        spool.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public void A_crash_loop_keeps_its_first_and_last_and_every_other_story()
    {
        var spool = new CrashSpool(_folder.Path, maxFiles: 5);
        Write(spool, Record(1, "quiet"));
        for (var i = 10; i < 60; i++)
        {
            Write(spool, Record(i, "looping"));
        }

        var names = spool.Waiting().Select(f => f.Name).ToList();
        names.Count.ShouldBe(5);
        names[0].ShouldContain("quiet");
        names[1].ShouldContain("-0000000a.");
        names[^1].ShouldContain("-0000003b.");
    }

    [Fact]
    public void The_cap_in_bytes_holds_too()
    {
        var spool = new CrashSpool(_folder.Path, maxBytes: 20_000);
        for (var i = 0; i < 40; i++)
        {
            Write(spool, Record(i, "s" + i % 3) with { StderrTail = new string('x', 2000) });
        }

        spool.Waiting().Sum(f => f.Length).ShouldBeLessThanOrEqualTo(20_000);
        spool.Waiting().Count.ShouldBeGreaterThan(5);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Damaged_files_are_set_aside_and_not_seen_again()
    {
        var spool = new CrashSpool(_folder.Path);
        var good = Encoding.UTF8.GetBytes(CrashJson.Write(Record(1, "orders")));
        var random = FuzzSeed.Random(3);
        for (var i = 0; i < 300; i++)
        {
            var bytes = good.AsSpan(0, random.Next(good.Length)).ToArray();
            for (var j = random.Next(6); j > 0 && bytes.Length > 0; j--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(_folder.At($"CRASH-{i:D4}.Killed.x.json"), bytes);
        }

        Write(spool, Record(1, "orders"));
        spool.Waiting().Count(f => spool.Read(f) is not null).ShouldBe(1);
        spool.Waiting().Count.ShouldBe(1);
        Directory.GetFiles(_folder.Path, "*.bad").Length.ShouldBeLessThanOrEqualTo(20);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_disaster()
    {
        var spool = new CrashSpool("/proc/nonexistent");
        spool.Write(Record(1, "orders"), [1]).ShouldBeNull();
        spool.Waiting().ShouldBeEmpty();
    }

    private static void Write(CrashSpool spool, CrashRecord record) =>
        spool.Write(record, Encoding.UTF8.GetBytes(CrashJson.Write(record))).ShouldNotBeNull();

    private static CrashRecord Record(int number, string service) => new()
    {
        CrashId = $"CRASH-20260102030405-{number:x8}",
        Class = CrashClass.Killed,
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Service = service,
    };
}
