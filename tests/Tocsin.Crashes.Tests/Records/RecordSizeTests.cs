using System.Text;
using Tocsin.Crashes.Records;
using Tocsin.Model.Crashes;
using static Tocsin.Crashes.Tests.SomeCrash;

namespace Tocsin.Crashes.Tests.Records;

public sealed class RecordSizeTests
{
    [Fact]
    public void A_huge_record_is_cut_and_keeps_both_ends_of_its_stack()
    {
        string big = new('x', 1_000_000);
        CrashRecord cut = RecordSize.Cut(Of(CrashClass.Unhandled) with
        {
            Exception = new CrashException { Type = big, Message = big,
                Frames = [.. Enumerable.Range(0, 5000).Select(i => new CrashFrame { Method = $"F{i}" })] },
            StderrTail = big + "end",
            Logs = [.. Enumerable.Range(0, 1000).Select(i => new CrashLog(Time, "info", big, $"{i}{big}"))],
            Attributes = Enumerable.Range(0, 1000).ToDictionary(i => $"k{i}", _ => big),
            Threads = [.. Enumerable.Range(0, 500).Select(i =>
                new CrashThread($"{i}", i == 499, [new CrashFrame { Method = big }]))],
        }, Time);
        cut.Exception!.Frames.Count.ShouldBe(250);
        (cut.Exception.Frames[0].Method, cut.Exception.Frames[^1].Method).ShouldBe(("F0", "F4999"));
        cut.StderrTail!.ShouldEndWith("end");
        cut.Logs.Count.ShouldBe(200);
        cut.Logs[^1].Message.ShouldStartWith("999");
        cut.Threads[0].Crashed.ShouldBeTrue();
        Encoding.UTF8.GetByteCount(CrashJson.Write(cut)).ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void Endless_causes_are_cut()
    {
        CrashException chain = Exception("A.Root");
        for (int i = 0; i < 60; i++)
            chain = new CrashException { Type = $"A.E{i}", Inner = [chain, chain] };
        CrashRecord cut = RecordSize.Cut(Of(CrashClass.Unhandled) with { Exception = chain }, Time);
        int Count(CrashException e) => 1 + e.Inner.Sum(Count);
        Count(cut.Exception!).ShouldBeLessThanOrEqualTo(CrashLimits.Exceptions);
    }

    [Fact]
    public void Nulls_from_json_do_no_harm()
    {
        CrashRecord read = CrashJson.Read("""
            { "crashId": "CRASH-20260314150926-00000001", "class": "killed", "time": "2026-03-14T15:09:26Z", "service": "s", "source": null,
              "process": null, "threads": null, "logs": [null], "breadcrumbs": [null], "activities": null, "resources": null,
              "attributes": {"a": null}, "evidence": [null],
              "exception": { "type": "A.E", "message": null, "frames": [null, {"method": null}], "inner": null } }
            """u8);
        CrashRecord cut = RecordSize.Cut(read, Time);
        cut.Exception!.Frames.Count.ShouldBe(1);
        (cut.Source, cut.Logs.Count, cut.Attributes["a"]).ShouldBe(("sdk", 0, ""));
    }

    [Theory]
    [InlineData("2026-03-14T15:00:00Z", "2026-03-14T15:00:00Z")]
    [InlineData("2027-01-01T00:00:00Z", "2026-03-14T15:09:26Z")]
    [InlineData("2001-01-01T00:00:00Z", "2026-03-14T15:09:26Z")]
    public void Impossible_times_become_now(string given, string kept) =>
        RecordSize.Cut(Of(CrashClass.Killed) with { Time = DateTimeOffset.Parse(given) },
            Time).Time.ShouldBe(DateTimeOffset.Parse(kept));

    [Theory]
    [InlineData("CRASH-20260314150926-0123abcd", true)]
    [InlineData("CRASH-20260314150926-0123ABCDef12", true)]
    [InlineData("CRASH-20260314150926-0123abc", false)]
    [InlineData("CRASH-2026031415092x-0123abcd", false)]
    [InlineData("CRASH-20260314150926-0123abcz", false)]
    [InlineData("crash-20260314150926-0123abcd", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Crash_ids_have_one_form(string? id, bool valid) => CrashCheck.IsId(id).ShouldBe(valid);

    [Fact]
    public void Our_own_ids_are_valid_and_different()
    {
        string[] ids = [.. Enumerable.Range(0, 100).Select(_ => CrashId.New(Time))];
        ids.ShouldAllBe(id => CrashCheck.IsId(id));
        ids.Distinct().Count().ShouldBe(100);
    }

    [Fact]
    public void A_script_that_printed_its_exception_is_unhandled()
    {
        CrashRecord read = RecordReading.Of(Of(CrashClass.ExitNonzero) with
        {
            Process = new CrashProcess { ExitCode = 1 },
            StderrTail = "Traceback (most recent call last):\n  File \"/app/a.py\", line 1, in f\nKeyError: 'x'\n",
        });
        (read.Class, read.Exception!.Type).ShouldBe((CrashClass.Unhandled, "KeyError"));
        read.Evidence.ShouldContain(e => e.Source == "stderr");
        RecordReading.Of(Of(CrashClass.Killed) with { StderrTail = read.StderrTail }).Exception.ShouldBeNull();
    }
}
