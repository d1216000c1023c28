using Tocsin.Cli.Run.Evidence;
using Tocsin.Cli.Run.Folders;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Run folders whose supervisor is gone.</summary>
public sealed class OrphanRunsTests : IDisposable
{
    private const int NoSuchPid = 4_194_304;
    private readonly TemporaryFolder _runs = new();
    private readonly List<CrashRecord> _delivered = [];
    private readonly List<RunIdentity> _alive = [];

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void A_run_nobody_saw_end_is_abnormal_and_its_folder_goes()
    {
        Make("one", NoSuchPid).Dispose();
        Adopt();
        var record = _delivered.ShouldHaveSingleItem();
        (record.Class, record.CrashId, record.Service, record.Process.RunId).ShouldBe((CrashClass.Abnormal,
            "CRASH-one", "orders", "one"));
        Directory.Exists(_runs.At("one")).ShouldBeFalse();
    }

    [Fact]
    public void A_run_that_was_asked_to_stop_or_never_began_is_none()
    {
        using (var stopped = Make("one", NoSuchPid))
        {
            stopped.MarkStop("SIGTERM");
        }

        Make("two", null).Dispose();
        _runs.Write("three/supervisor.lock", "");
        _runs.Write("four/run.json", "{damaged");
        Adopt();
        _delivered.ShouldBeEmpty();
        Directory.GetDirectories(_runs.Path).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_under_supervision_is_left_alone()
    {
        using var held = Make("one", NoSuchPid);
        Adopt();
        _delivered.ShouldBeEmpty();
        Directory.Exists(_runs.At("one")).ShouldBeTrue();
    }

    [Fact]
    public void A_program_that_outlived_its_supervisor_is_named_and_kept_for_later()
    {
        Make("one", Environment.ProcessId).Dispose();
        Adopt();
        _delivered.ShouldBeEmpty();
        _alive.ShouldHaveSingleItem().Pid.ShouldBe(Environment.ProcessId);
        Directory.Exists(_runs.At("one")).ShouldBeTrue();
    }

    [Fact]
    public void A_reused_pid_is_not_mistaken_for_the_program()
    {
        Make("one", Environment.ProcessId, startTicks: 1).Dispose();
        Adopt();
        _delivered.ShouldHaveSingleItem();
    }

    [Fact]
    public void The_crash_file_and_the_report_left_behind_name_the_death()
    {
        Make("one", NoSuchPid).Dispose();
        _runs.Write("one/crash.json", CrashJson.Write(new CrashRecord
        {
            CrashId = "CRASH-20260102030405-12345678",
            Class = CrashClass.Unhandled,
            Time = DateTimeOffset.UnixEpoch,
            Service = "orders",
        }));
        Make("two", NoSuchPid).Dispose();
        File.WriteAllBytes(_runs.At($"two/dump.{NoSuchPid}.crashreport.json"), Golden.Bytes("report-overflow.json"));
        Adopt();
        _delivered.OrderBy(r => r.Process.RunId).Select(r => (r.CrashId, r.Class)).ShouldBe(
            [("CRASH-20260102030405-12345678", CrashClass.Unhandled), ("CRASH-two", CrashClass.StackOverflow)]);
    }

    [Fact]
    public void A_missing_parent_folder_is_empty()
    {
        OrphanRuns.Adopt("/nonexistent", _delivered.Add, _alive.Add);
        _delivered.ShouldBeEmpty();
    }

    private RunFolder Make(string runId, int? pid, long? startTicks = null)
    {
        var folder = RunFolder.TryCreate(_runs.Path, runId).ShouldNotBeNull();
        var identity = new RunIdentity("CRASH-" + runId, runId, "orders", "orders --now",
            DateTimeOffset.UnixEpoch) { Pid = pid };
        folder.WriteIdentity(new RunMark(identity, ProcessTable.BootId(),
            startTicks ?? (pid is { } p ? ProcessTable.StartTicks(p) : null)));
        return folder;
    }

    private void Adopt() => OrphanRuns.Adopt(_runs.Path, _delivered.Add, _alive.Add);
}
