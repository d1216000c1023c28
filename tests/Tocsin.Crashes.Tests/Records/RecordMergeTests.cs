using Tocsin.Crashes.Records;
using Tocsin.Model.Crashes;
using static Tocsin.Crashes.Tests.SomeCrash;

namespace Tocsin.Crashes.Tests.Records;

public sealed class RecordMergeTests
{
    private static readonly string[] s_sources = ["supervisor", "sdk", "otlp", "heartbeat"];

    /// <summary>Every pair of source and class, in both orders.</summary>
    [Fact]
    public void The_table_holds_for_every_pair()
    {
        foreach (string a in s_sources)
        foreach (string b in s_sources)
        foreach (CrashClass ca in Enum.GetValues<CrashClass>())
        foreach (CrashClass cb in Enum.GetValues<CrashClass>())
        {
            CrashRecord one = Of(ca, a).In("run1"), two = Of(cb, b).In("run1");
            string pair = $"{ca} by {a}, {cb} by {b}";
            bool same = RecordMerge.IsSameDeath(one, two);
            same.ShouldBe(RecordMerge.IsSameDeath(two, one), pair);
            if (ca == CrashClass.Unobserved || cb == CrashClass.Unobserved)
                same.ShouldBeFalse(pair);
            else if (a == "otlp" || b == "otlp" || ca == CrashClass.Captured || cb == CrashClass.Captured)
                same.ShouldBeFalse($"without a common exception: {pair}");
            else if (a == "heartbeat" && b == "heartbeat")
                same.ShouldBeFalse(pair);
            else
                same.ShouldBeTrue(pair);

            CrashRecord merged = RecordMerge.Merge(one, two);
            merged.CrashId.ShouldBe(one.CrashId, pair);
            if (a is "heartbeat" or "otlp" && b is "supervisor")
                (merged.Class, merged.Source).ShouldBe((cb, b), pair);
            if (b is "heartbeat" or "otlp" && a is "supervisor")
                (merged.Class, merged.Source).ShouldBe((ca, a), pair);
            if (ca == CrashClass.Abnormal && cb != CrashClass.Abnormal && a == "sdk" && b == "supervisor")
                merged.Class.ShouldBe(cb, pair);
            new[] { ca, cb }.ShouldContain(merged.Class, pair);
            RecordMerge.Merge(two, one).Class.ShouldBe(RecordMerge.Certainty(one) == RecordMerge.Certainty(two) ? cb
                : merged.Class, pair);
        }
    }

    [Theory]
    [InlineData("supervisor", CrashClass.Killed, "sdk", CrashClass.Unhandled, CrashClass.Unhandled)]
    [InlineData("supervisor", CrashClass.NativeAbort, "sdk", CrashClass.Unhandled, CrashClass.Unhandled)]
    [InlineData("supervisor", CrashClass.Killed, "supervisor", CrashClass.OomKilled, CrashClass.OomKilled)]
    [InlineData("supervisor", CrashClass.ExitNonzero, "otlp", CrashClass.Unhandled, CrashClass.ExitNonzero)]
    [InlineData("sdk", CrashClass.Abnormal, "supervisor", CrashClass.Killed, CrashClass.Killed)]
    [InlineData("sdk", CrashClass.Abnormal, "otlp", CrashClass.Unhandled, CrashClass.Unhandled)]
    [InlineData("sdk", CrashClass.Abnormal, "heartbeat", CrashClass.Hung, CrashClass.Abnormal)]
    [InlineData("heartbeat", CrashClass.Hung, "supervisor", CrashClass.Killed, CrashClass.Killed)]
    public void The_more_certain_class_wins(string a, CrashClass ca, string b, CrashClass cb, CrashClass expected)
    {
        RecordMerge.Merge(Of(ca, a), Of(cb, b)).Class.ShouldBe(expected);
        RecordMerge.Merge(Of(cb, b), Of(ca, a)).Class.ShouldBe(expected);
    }

    [Theory]
    [InlineData("run1", "run1", 1, 2, 9000, true)]
    [InlineData("run1", "run2", 7, 7, 1, false)]
    [InlineData("run1", null, 7, 7, 59, true)]
    [InlineData(null, null, 7, 7, 60, true)]
    [InlineData(null, null, 7, 7, 61, false)]
    [InlineData(null, null, 7, 8, 1, false)]
    [InlineData(null, null, null, null, 1, false)]
    public void The_same_run_or_the_same_process_within_a_minute(string? runA, string? runB, int? pidA, int? pidB,
        int seconds, bool same)
    {
        CrashRecord a = Of(CrashClass.Killed).In(runA, pidA),
            b = Of(CrashClass.Unhandled, "sdk").In(runB, pidB) with { Time = Time.AddSeconds(seconds) };
        RecordMerge.IsSameDeath(a, b).ShouldBe(same);
        RecordMerge.IsSameDeath(a, b with { Host = "web-02" }).ShouldBe(same && runA == runB && runA is not null);
    }

    [Fact]
    public void Telemetry_joins_the_death_it_speaks_of_and_no_other()
    {
        CrashRecord log = Of(CrashClass.Unhandled, "otlp").In("run1") with { Exception = Exception("A.FeeException") };
        CrashRecord death = Of(CrashClass.Unhandled, "sdk").In("run1");
        RecordMerge.IsSameDeath(log, death with { Exception = Exception("A.FeeException") }).ShouldBeTrue();
        RecordMerge.IsSameDeath(log,
            death with { Exception = new CrashException { Type = "W",
            Inner = [Exception("A.FeeException")] } }).ShouldBeTrue();
        RecordMerge.IsSameDeath(log, death with { Exception = Exception("A.Other") }).ShouldBeFalse();
        RecordMerge.IsSameDeath(log,
            death with { Exception = Exception("A.FeeException"), Time = Time.AddMinutes(5) }).ShouldBeFalse();
        RecordMerge.IsSameDeath(log,
            Of(CrashClass.ExitNonzero).In("run1")).ShouldBeFalse("a failed request is no death");
        CrashRecord last = log with { Attributes = new Dictionary<string, string> { [RecordMerge.LastWord] = "true" } };
        RecordMerge.IsSameDeath(last, Of(CrashClass.ExitNonzero).In("run1")).ShouldBeTrue();
        RecordMerge.IsSameDeath(last, Of(CrashClass.OomKilled).In("run1")).ShouldBeFalse("nobody throws a kill");
        RecordMerge.IsSameDeath(log, log with { CrashId = Id() }).ShouldBeFalse("two failed requests are two");
    }

    [Fact]
    public void A_captured_exception_joins_its_own_log_and_its_own_death_and_no_other()
    {
        CrashRecord captured = Of(CrashClass.Captured, "sdk").In("run1") with
        {
            Exception = Exception("A.FeeException"),
            TraceId = "t1",
        };
        CrashRecord log = captured with { CrashId = Id(), Class = CrashClass.Unhandled, Source = "otlp" };
        RecordMerge.IsSameDeath(captured, log).ShouldBeTrue();
        RecordMerge.Merge(log, captured).Class.ShouldBe(CrashClass.Captured);
        RecordMerge.IsSameDeath(captured, log with { TraceId = "t2" }).ShouldBeFalse();
        RecordMerge.IsSameDeath(captured with { TraceId = null }, log with { TraceId = null }).ShouldBeFalse();
        RecordMerge.IsSameDeath(captured, log with { Exception = Exception("A.Other") }).ShouldBeFalse();
        RecordMerge.IsSameDeath(captured, captured with { CrashId = Id() }).ShouldBeFalse("two failures are two");

        CrashRecord death = Of(CrashClass.Unhandled, "sdk").In("run1") with { Exception = Exception("A.FeeException") };
        RecordMerge.IsSameDeath(captured, death).ShouldBeTrue();
        RecordMerge.Merge(captured, death).Class.ShouldBe(CrashClass.Unhandled);
        RecordMerge.IsSameDeath(captured, death with { Time = Time.AddMinutes(5) }).ShouldBeFalse();
        RecordMerge.IsSameDeath(captured, Of(CrashClass.Killed).In("run1")).ShouldBeFalse();
    }

    [Fact]
    public void A_hang_that_passed_is_no_part_of_a_later_death()
    {
        CrashRecord hung = Of(CrashClass.Hung, "heartbeat").In("run1") with
        {
            Attributes = new Dictionary<string, string> { [CrashBook.RecoveredMark] = "true" },
        };
        RecordMerge.IsSameDeath(hung, Of(CrashClass.Killed).In("run1")).ShouldBeFalse();
    }

    [Fact]
    public void What_both_saw_is_united()
    {
        CrashRecord sdk = Of(CrashClass.Unhandled, "sdk").In("run1", 7) with
        {
            Exception = Exception("A.E", "m", "A.B()", "A.C()"),
            Breadcrumbs = [new Breadcrumb(Time, "http", "GET /")],
            Logs = [new CrashLog(Time.AddSeconds(1), "info", "l", "b"), new CrashLog(Time, "info", "l", "a")],
            UserId = "ann",
            Evidence = [new CrashEvidence("crash_file", "x"), new CrashEvidence("black_box", "y")],
            Attributes = new Dictionary<string, string> { ["a"] = "sdk", ["b"] = "sdk" },
            Resources = new CrashResources { GcHeapBytes = 5, PeakWorkingSetBytes = 10 },
        };
        CrashRecord parent = Of(CrashClass.NativeAbort).In("run1", 7) with
        {
            Process = new CrashProcess { RunId = "run1", Signal = "SIGABRT", ExitCode = 134, RestartCount = 2,
                Command = "dotnet app.dll" },
            Exception = Exception("A.E", "m", "A.B()"),
            StderrTail = "Unhandled exception.",
            Evidence = [new CrashEvidence("wait_status", "134"), new CrashEvidence("crash_file", "x")],
            Attributes = new Dictionary<string, string> { ["a"] = "parent", ["c"] = "parent" },
            Resources = new CrashResources { PeakWorkingSetBytes = 20, OomKills = 0 },
            CrashLoop = true,
        };
        CrashRecord m = RecordMerge.Merge(sdk, parent);
        (m.CrashId, m.Class, m.Source).ShouldBe((sdk.CrashId, CrashClass.Unhandled, "sdk"));
        m.Process.ShouldBe(new CrashProcess { RunId = "run1", Pid = 7, Signal = "SIGABRT", ExitCode = 134,
            RestartCount = 2, Command = "dotnet app.dll" });
        m.Exception!.Frames.Count.ShouldBe(2);
        (m.StderrTail, m.UserId, m.CrashLoop).ShouldBe(("Unhandled exception.", "ann", true));
        m.Evidence.Select(e => e.Source).ShouldBe(["wait_status", "crash_file", "black_box"]);
        m.Attributes.OrderBy(a => a.Key).Select(a => $"{a.Key}={a.Value}").ShouldBe(["a=sdk", "b=sdk", "c=parent"]);
        m.Logs.Select(l => l.Message).ShouldBe(["a", "b"]);
        m.Resources.ShouldBe(new CrashResources { GcHeapBytes = 5, PeakWorkingSetBytes = 20, OomKills = 0 });
    }
}
