using System.Text.Json;
using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Cli.Run.Folders;
using Tocsin.Cli.Run.Restart;
using Tocsin.Cli.Run.Spool;
using Tocsin.Cli.Run.Stderr;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run;

/// <summary>
/// Runs one command, as transparently as a parent can, and reports its death. Start → wait → collect → judge →
/// deliver → perhaps again. Blocks its thread for as long as there is a child; nothing else may wait for children in
/// this process.
/// </summary>
internal sealed class Supervisor(RunSettings settings, StateFolder state, SignalRelay relay, CrashCourier courier,
    TimeProvider clock)
{
    private const int StandardError = 2;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReportLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A stop sent to the whole group can end the child before our own copy of the signal is handled.
    /// </summary>
    private static readonly TimeSpan GroupSignalGrace = TimeSpan.FromMilliseconds(60);

    private readonly RestartPolicy _restarts = new(settings.Restart, settings.MaxRestarts);
    private readonly DeathHistory _history = new(Path.Combine(state.Runs(settings.Service), DeathHistory.FileName));
    private readonly ChildEnvironment _environment = ChildEnvironment.Inherit();
    private readonly CgroupMemory _cgroups = new();

    /// <summary>Returns what the supervisor has to exit with.</summary>
    public ExitStatus Run()
    {
        while (true)
        {
            var outcome = RunOnce();
            if (outcome.Final || _restarts.AfterEnd(outcome.Failed, outcome.Uptime) is not { } delay)
            {
                return outcome.Status;
            }

            if (relay.WaitForStop(delay))
            {
                return new ExitStatus(null, relay.Detach().Signal);
            }
        }
    }

    /// <param name="Final">Never to be started again: it could not be started, or somebody wanted it to stop.</param>
    private readonly record struct Outcome(ExitStatus Status, bool Final, bool Failed, TimeSpan Uptime);

    private Outcome RunOnce()
    {
        var started = clock.GetUtcNow();
        var identity = Identify(started);
        using var folder = RunFolder.TryCreate(state.Runs(settings.Service), identity.RunId);
        folder?.WriteIdentity(new RunMark(identity, null, null));
        var baseline = _cgroups.Read(Environment.ProcessId);
        var spawned = ChildProcess.Start(settings.Command, EnvironmentOf(identity, folder?.Path));
        if (spawned.Child is not { } child)
        {
            folder?.Delete();
            Notice.Write(spawned.Error!);
            return new Outcome(new ExitStatus(spawned.ExitCode, null), true, true, TimeSpan.Zero);
        }

        identity = identity with { Pid = child.Pid };
        relay.Attach(child);
        var stderr = new StderrPipe(child.Stderr, StandardError);
        folder?.WriteIdentity(new RunMark(identity, ProcessTable.BootId(), ProcessTable.StartTicks(child.Pid)));
        void MarkStop(string signal) => folder?.MarkStop(signal);
        relay.StopRequested += MarkStop;
        ChildEnd end;
        CgroupReading? joined;
        using (var watch = new ChildWatch(clock, child.Pid, folder?.Path, settings.HangTimeout, baseline,
            what =>
            {
                if (!IsDying(stderr))
                {
                    ReportHang(identity, folder, what);
                }
            }))
        {
            end = child.Wait(clock);
            joined = watch.Baseline;
        }

        relay.StopRequested -= MarkStop;
        stderr.Drain(DrainLimit);
        var intent = TakeIntent(end);
        var death = Collect(end, intent, stderr, joined, folder?.Path, child.Pid);
        var crashed = Report(identity, death);
        if (!settings.Keep)
        {
            folder?.Delete();
        }

        var stopped = intent.Explains(end.Status, end.At) || intent.Signal == Signals.Terminate;
        return new Outcome(end.Status, stopped, crashed, end.At - started);
    }

    private StopIntent TakeIntent(ChildEnd end)
    {
        if (end.Status.EffectiveSignal is { } signal && StopIntent.IsStop(signal))
        {
            relay.WaitForStop(GroupSignalGrace);
        }

        return relay.Detach();
    }

    private Death Collect(ChildEnd end, StopIntent intent, StderrPipe stderr, CgroupReading? joined, string? folder,
        int pid)
    {
        var tail = stderr.Tail.Text();
        var lines = StderrReading.Lines(tail);
        var finding = end.Status.Success ? null : StderrReading.Read(lines);
        return new Death
        {
            At = end.At,
            Status = end.Status,
            Intent = intent,
            StderrTail = tail,
            Finding = finding,
            FindingIsLastWord = finding is not null && StderrReading.IsLastWord(finding, lines),
            CgroupBefore = joined,
            CgroupAfter = joined is null ? null : _cgroups.Again(joined),
            Written = folder is null ? null : RunEvidence.Written(folder),
            Report = folder is null ? null : RunEvidence.Report(folder, pid, ReportLimit),
            BlackBox = folder is null ? null : RunEvidence.BlackBox(folder),
            PeakBytes = end.PeakBytes,
            Cpu = end.Cpu,
        };
    }

    /// <summary>False when the end was no crash.</summary>
    private bool Report(RunIdentity identity, Death death)
    {
        if (Verdict.Of(death) is not { } kind)
        {
            return false;
        }

        var record = RecordAssembly.Merge(identity, death, kind, _history.Add(death.At));
        var midLine = death.StderrTail.Length > 0 && !death.StderrTail.EndsWith('\n');
        Announce(record, courier.Deliver(record), midLine);
        return true;
    }

    /// <summary>A runtime that writes its last words and its dump stands still for seconds; that is a death, not a hang.</summary>
    private static bool IsDying(StderrPipe stderr)
    {
        var lines = StderrReading.Lines(stderr.Tail.Text());
        return StderrReading.Read(lines) is { } finding && StderrReading.IsLastWord(finding, lines);
    }

    private void ReportHang(RunIdentity identity, RunFolder? folder, string what)
    {
        var now = clock.GetUtcNow();
        var death = new Death { At = now, BlackBox = folder is null ? null : RunEvidence.BlackBox(folder.Path) };
        var run = identity with { CrashId = CrashIds.New(now) };
        var merged = RecordAssembly.Merge(run, death, CrashClass.Hung, crashLoop: false);
        var record = merged with { Evidence = [new CrashEvidence("black_box", what)] };
        Announce(record, courier.Deliver(record));
    }

    private static void Announce(CrashRecord record, DeliveryResult result, bool midLine = false)
    {
        var kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(record.Class.ToString());
        var what = record.Exception is { } exception ? $"{kind} {exception.Type}" : kind;
        var how = record.Process.Signal ?? (record.Process.ExitCode is { } code ? $"exit code {code}" : "alive");
        var where = result.State switch
        {
            DeliveryState.Delivered => "reported",
            DeliveryState.Refused => $"refused by the server ({result.Reason})",
            _ => $"kept in the spool ({result.Reason})",
        };
        Notice.Write($"{record.Service}: {what} ({how}), {record.CrashId} {where}", midLine);
    }

    private RunIdentity Identify(DateTimeOffset started) => new(CrashIds.New(started), Guid.NewGuid().ToString("N"),
        settings.Service, string.Join(' ', settings.Command), started)
    {
        ServiceIsGiven = settings.GivenService is not null,
        Environment = settings.Environment,
        Release = settings.Release,
        RestartCount = _restarts.Restarts,
    };

    private ChildEnvironment EnvironmentOf(RunIdentity identity, string? folder)
    {
        var environment = _environment.Copy();
        environment.Set("TOCSIN_RUN_ID", identity.RunId);
        environment.Set("TOCSIN_URL", settings.Url.AbsoluteUri.TrimEnd('/'));
        environment.SetIfGiven("TOCSIN_KEY", settings.Key);
        environment.SetIfGiven("TOCSIN_ENVIRONMENT", settings.Environment);
        environment.SetIfGiven("TOCSIN_RELEASE", settings.Release);
        environment.SetIfGiven("OTEL_SERVICE_NAME", settings.NameChild ? settings.Service : null);

        if (folder is not null)
        {
            environment.Set("TOCSIN_RUN_DIR", folder);
            RequestCrashReports(environment, folder);
        }

        return environment;
    }

    /// <summary>Whoever has set up dumps of their own keeps them.</summary>
    private static void RequestCrashReports(ChildEnvironment environment, string folder)
    {
        if (environment.Has("DOTNET_DbgEnableMiniDump") || environment.Has("COMPlus_DbgEnableMiniDump"))
        {
            return;
        }

        environment.Set("DOTNET_DbgEnableMiniDump", "1");
        environment.Set("DOTNET_EnableCrashReportOnly", "1");
        environment.Set("DOTNET_DbgMiniDumpName", Path.Combine(folder, "dump.%p"));
    }
}
