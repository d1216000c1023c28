using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Cli.Run.Stderr;
using Tocsin.Model.Crashes;
using TocsinSdk.BlackBox;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Every row of the death table: from evidence to class.</summary>
public sealed class VerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("code 0", "", null)]
    [InlineData("code 0", "dn-throw", null)]
    [InlineData("code 3", "", CrashClass.ExitNonzero)]
    [InlineData("code 1", "py-chain", CrashClass.Unhandled)]
    [InlineData("code 1", "py-rec", CrashClass.StackOverflow)]
    [InlineData("code 1", "node-thrown", CrashClass.Unhandled)]
    [InlineData("code 1", "java-oom", CrashClass.OutOfMemory)]
    [InlineData("code 2", "go-panic", CrashClass.Unhandled)]
    [InlineData("code 101", "rust-unwrap", CrashClass.Unhandled)]
    [InlineData("code 134", "dn-throw", CrashClass.Unhandled)]
    [InlineData("signal 6", "dn-throw", CrashClass.Unhandled)]
    [InlineData("signal 6", "dn-overflow", CrashClass.StackOverflow)]
    [InlineData("signal 6", "dn-failfast", CrashClass.FailFast)]
    [InlineData("signal 6", "dn-av", CrashClass.AccessViolation)]
    [InlineData("signal 6", "dn-oom", CrashClass.OutOfMemory)]
    [InlineData("signal 6", "dn-null", CrashClass.Unhandled)]
    [InlineData("signal 6", "node-heap", CrashClass.OutOfMemory)]
    [InlineData("signal 6", "cpp-rt", CrashClass.Unhandled)]
    [InlineData("signal 6", "c-smash", CrashClass.NativeAbort)]
    [InlineData("signal 6", "", CrashClass.NativeAbort)]
    [InlineData("signal 11", "", CrashClass.NativeAbort)]
    [InlineData("signal 11", "py-segv", CrashClass.NativeAbort)]
    [InlineData("signal 7", "", CrashClass.NativeAbort)]
    [InlineData("signal 8", "", CrashClass.NativeAbort)]
    [InlineData("signal 4", "", CrashClass.NativeAbort)]
    [InlineData("signal 31", "", CrashClass.NativeAbort)]
    [InlineData("signal 9", "", CrashClass.Killed)]
    [InlineData("signal 9", "py-chain", CrashClass.Killed)]
    [InlineData("code 137", "", CrashClass.Killed)]
    [InlineData("signal 15", "", CrashClass.Terminated)]
    [InlineData("code 143", "", CrashClass.Terminated)]
    [InlineData("signal 1", "", CrashClass.Terminated)]
    [InlineData("signal 2", "", CrashClass.Terminated)]
    [InlineData("signal 3", "", CrashClass.Terminated)]
    [InlineData("signal 13", "", CrashClass.Terminated)]
    [InlineData("signal 34", "", CrashClass.Terminated)]
    public void Wait_status_and_last_words_give_the_class(string status, string golden, CrashClass? expected) =>
        Verdict.Of(Dead(status, golden)).ShouldBe(expected);

    [Theory]
    [InlineData("signal 15", Signals.Terminate, null)]
    [InlineData("code 0", Signals.Terminate, null)]
    [InlineData("code 143", Signals.Terminate, null)]
    [InlineData("code 1", Signals.Terminate, null)]
    [InlineData("signal 9", Signals.Terminate, null)]
    [InlineData("signal 2", Signals.Interrupt, null)]
    [InlineData("code 130", Signals.Interrupt, null)]
    [InlineData("code 1", Signals.Interrupt, null)]
    [InlineData("signal 1", Signals.Hangup, null)]
    [InlineData("code 1", Signals.Hangup, CrashClass.ExitNonzero)]
    [InlineData("signal 6", Signals.Terminate, CrashClass.NativeAbort)]
    [InlineData("signal 11", Signals.Interrupt, CrashClass.NativeAbort)]
    [InlineData("code 134", Signals.Terminate, CrashClass.NativeAbort)]
    public void A_wish_to_stop_explains_an_end_but_not_a_fault(string status, int signal, CrashClass? expected) =>
        Verdict.Of(Dead(status) with { Intent = new StopIntent(signal, Now.AddSeconds(-1)) }).ShouldBe(expected);

    [Theory]
    [InlineData("code 143", Signals.Terminate, 143, null)]
    [InlineData("code 130", Signals.Interrupt, 130, null)]
    [InlineData("code 1", Signals.Terminate, 1, null)]
    [InlineData("code 255", Signals.Terminate, -1, null)]
    [InlineData("code 3", 0, 3, CrashClass.ExitNonzero)] // the program's own wish, and its own failure
    [InlineData("code 1", Signals.Terminate, 143, CrashClass.ExitNonzero)] // another process said goodbye
    [InlineData("signal 15", Signals.Terminate, 0, CrashClass.Terminated)]
    [InlineData("signal 6", Signals.Terminate, 0, CrashClass.NativeAbort)]
    [InlineData("signal 9", Signals.Terminate, 0, CrashClass.Killed)]
    public void A_program_that_noted_the_wish_and_said_goodbye_did_not_crash(string status, int signal, int code,
        CrashClass? expected)
    {
        var box = Box() with { StopRequested = Now.AddSeconds(-1), StopSignal = signal, ExitCode = code };
        Verdict.Of(Dead(status) with { BlackBox = box with { CleanExit = true } }).ShouldBe(expected);
        Verdict.Of(Dead(status) with { BlackBox = box }).ShouldNotBeNull();
    }

    [Fact]
    public void An_old_wish_to_stop_explains_nothing_but_its_own_signal()
    {
        var old = new StopIntent(Signals.Interrupt, Now.AddHours(-1));
        Verdict.Of(Dead("code 1") with { Intent = old }).ShouldBe(CrashClass.ExitNonzero);
        Verdict.Of(Dead("signal 9") with { Intent = old }).ShouldBe(CrashClass.Killed);
        Verdict.Of(Dead("signal 2") with { Intent = old }).ShouldBeNull();
    }

    [Fact]
    public void A_kill_after_the_stop_timeout_is_no_crash() =>
        Verdict.Of(Dead("signal 9") with { Intent = new StopIntent(Signals.Terminate, Now.AddHours(-1),
            KilledAfterTimeout: true) }).ShouldBeNull();

    [Fact]
    public void A_kill_with_a_risen_counter_is_the_kernels()
    {
        Verdict.Of(Killed(before: 3, after: 4)).ShouldBe(CrashClass.OomKilled);
        Verdict.Of(Killed(before: 3, after: 3)).ShouldBe(CrashClass.Killed);
        Verdict.Of(Killed(before: null, after: 4)).ShouldBe(CrashClass.Killed);
        Verdict.Of(Killed(3, 4) with { CgroupBefore = new CgroupReading("elsewhere", 1, null,
            null) }).ShouldBe(CrashClass.Killed);
        Verdict.Of(Killed(3, 4) with { Status = new ExitStatus(137, null) }).ShouldBe(CrashClass.OomKilled);
    }

    [Fact]
    public void Without_last_words_the_crash_file_decides_then_the_report()
    {
        var file = Record(CrashClass.OutOfMemory);
        var report = CrashReport.Parse(Golden.Bytes("report-overflow.json"));
        Verdict.Of(Dead("signal 6") with { Written = file, Report = report }).ShouldBe(CrashClass.OutOfMemory);
        Verdict.Of(Dead("signal 6") with { Report = report }).ShouldBe(CrashClass.StackOverflow);
        Verdict.Of(Dead("signal 6", "dn-failfast") with { Written = file,
            Report = report }).ShouldBe(CrashClass.FailFast);
        Verdict.Of(Dead("code 42") with { Written = Record(CrashClass.Unhandled) }).ShouldBe(CrashClass.Unhandled);
        Verdict.Of(Dead("code 143") with { Written = Record(CrashClass.Unhandled) }).ShouldBe(CrashClass.Unhandled);
    }

    [Fact]
    public void A_vague_fatal_error_is_named_by_the_report()
    {
        var vague = Dead("signal 6") with
        {
            Finding = StderrReading.Read("Fatal error.\nInternal CLR error. (0x80131506)\n   at A.B()"),
        };
        Verdict.Of(vague).ShouldBe(CrashClass.NativeAbort);
        Verdict.Of(vague with { Report = CrashReport.Parse(Golden.Bytes("report-overflow.json")) }).ShouldBe(
            CrashClass.StackOverflow);
        Verdict.Of(vague with { Written = Record(CrashClass.OutOfMemory) }).ShouldBe(CrashClass.OutOfMemory);
        Verdict.Of(vague with { Report = CrashReport.Parse(Golden.Bytes("report-failfast.json")) }).ShouldBe(
            CrashClass.NativeAbort);
    }

    [Theory]
    [InlineData("Fatal error.\nInternal CLR error. (0x80131506)\n   at A.B()", "report-overflow.json")]
    [InlineData("Fatal error.\nInternal CLR error. (0x80131506)\n   at A.B()", "report-abort.json")]
    [InlineData("terminate called after throwing an instance of 'PAL_SEHException'", "report-abort.json")]
    [InlineData("", "report-overflow.json")]
    [InlineData("Out of memory.", "report-abort.json")]
    public void A_program_without_a_free_byte_died_of_that_whatever_the_report_says(string words, string report)
    {
        var death = Dead("signal 6") with
        {
            Finding = StderrReading.Read(words),
            Report = CrashReport.Parse(Golden.Bytes(report)),
            BlackBox = Box() with { MemoryRanOut = Now.AddSeconds(-3) },
        };
        Verdict.Of(death).ShouldBe(CrashClass.OutOfMemory);
    }

    [Fact]
    public void A_lack_of_memory_that_was_survived_or_has_nothing_to_do_with_it_names_no_death()
    {
        var survived = Box() with { MemoryRanOut = Now.AddSeconds(-11) };
        var lately = Box() with { MemoryRanOut = Now.AddSeconds(-3) };
        Verdict.Of(Dead("signal 6") with { BlackBox = survived }).ShouldBe(CrashClass.NativeAbort);
        Verdict.Of(Dead("signal 6", "dn-throw") with { BlackBox = lately }).ShouldBe(CrashClass.Unhandled);
        Verdict.Of(Dead("signal 6", "dn-overflow") with { BlackBox = lately }).ShouldBe(CrashClass.StackOverflow);
        Verdict.Of(Dead("signal 9") with { BlackBox = lately }).ShouldBe(CrashClass.Killed);
        Verdict.Of(Dead("code 3") with { BlackBox = lately }).ShouldBe(CrashClass.ExitNonzero);
    }

    [Fact]
    public void A_report_or_crash_file_never_makes_a_death_of_a_success() =>
        Verdict.Of(Dead("code 0") with { Written = Record(CrashClass.Unhandled),
            Report = CrashReport.Parse(Golden.Bytes("report-abort.json")) })
            .ShouldBeNull();

    [Fact]
    public void A_traceback_that_was_survived_does_not_name_a_later_exit() =>
        Verdict.Of(Dead("code 1", "py-chain") with { FindingIsLastWord = false }).ShouldBe(CrashClass.ExitNonzero);

    [Fact]
    public void An_orphaned_run_is_abnormal_unless_something_says_otherwise()
    {
        var orphan = new Death { At = Now };
        Verdict.Of(orphan).ShouldBe(CrashClass.Abnormal);
        Verdict.Of(orphan with { BlackBox = Box() }).ShouldBe(CrashClass.Abnormal);
        Verdict.Of(orphan with { BlackBox = Box() with { CleanExit = true } }).ShouldBeNull();
        Verdict.Of(orphan with { BlackBox = Box() with { StopRequested = Now } }).ShouldBeNull();
        Verdict.Of(orphan with { Intent = new StopIntent(Signals.Terminate, Now) }).ShouldBeNull();
        Verdict.Of(orphan with { Report = CrashReport.Parse(Golden.Bytes("report-failfast.json")) }).ShouldBe(
            CrashClass.FailFast);
        Verdict.Of(orphan with { Written = Record(CrashClass.Unhandled),
            BlackBox = Box() with { CleanExit = true } }).ShouldBe(CrashClass.Unhandled);
    }

    internal static Death Dead(string status, string golden = "")
    {
        var number = int.Parse(status.Split(' ')[1]);
        var tail = golden.Length > 0 ? Golden.Text(golden + ".txt") : "";
        return new Death
        {
            At = Now,
            Status = status.StartsWith("code", StringComparison.Ordinal)
                ? new ExitStatus(number, null)
                : new ExitStatus(null, number),
            StderrTail = tail,
            Finding = StderrReading.Read(tail),
            FindingIsLastWord = true,
        };
    }

    private static Death Killed(long? before, long? after) => Dead("signal 9") with
    {
        CgroupBefore = new CgroupReading("group", before, null, null),
        CgroupAfter = new CgroupReading("group", after, null, null),
    };

    private static CrashRecord Record(CrashClass kind) =>
        new() { CrashId = "CRASH-20260102030405-00000001", Class = kind, Time = Now, Service = "orders" };

    private static BlackBoxSnapshot Box() =>
        new() { RunId = "r", BootId = "b", Service = "orders", Host = "h", Pid = 1 };
}
