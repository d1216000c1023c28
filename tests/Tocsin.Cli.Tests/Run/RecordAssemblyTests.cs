using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Model.Crashes;
using TocsinSdk.BlackBox;

namespace Tocsin.Cli.Tests.Run;

/// <summary>One record out of many witnesses.</summary>
public sealed class RecordAssemblyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly RunIdentity Run = new("CRASH-20260102030405-11111111", "run1", "orders",
        "dotnet orders.dll", Now) { Pid = 42 };

    [Fact]
    public void The_programs_own_record_gives_id_exception_and_context()
    {
        var written = new CrashRecord
        {
            CrashId = "CRASH-20260102030404-22222222",
            Class = CrashClass.Unhandled,
            Time = Now,
            Service = "orders-api",
            UserId = "u7",
            Exception = new CrashException { Type = "System.Exception", Message = "whole message" },
            Process = new CrashProcess { Runtime = ".NET 10.0.12" },
        };
        var record = RecordAssembly.Merge(Run, VerdictTests.Dead("signal 6", "dn-throw") with { Written = written },
            CrashClass.Unhandled, crashLoop: true);

        record.CrashId.ShouldBe(written.CrashId);
        record.Service.ShouldBe("orders-api");
        record.UserId.ShouldBe("u7");
        record.Exception!.Message.ShouldBe("whole message");
        (record.Source, record.CrashLoop, record.Process.Pid, record.Process.Signal,
            record.Process.ExitCode).ShouldBe(("supervisor", true, 42, "SIGABRT", 134));
        record.Process.Runtime.ShouldBe(".NET 10.0.12");
        record.Evidence.Select(e => e.Source).ShouldBe(["wait_status", "stderr", "crash_file"]);
        CrashJson.Read(System.Text.Encoding.UTF8.GetBytes(CrashJson.Write(record))).Process.ShouldBe(record.Process);
    }

    [Fact]
    public void A_given_service_name_outranks_the_programs()
    {
        var written = new CrashRecord { CrashId = "x", Class = CrashClass.Unhandled, Time = Now, Service = "other" };
        RecordAssembly.Merge(Run with { ServiceIsGiven = true },
            VerdictTests.Dead("signal 6") with { Written = written }, CrashClass.Unhandled, false)
            .Service.ShouldBe("orders");
    }

    [Fact]
    public void An_id_that_is_no_file_name_is_not_taken_over()
    {
        var written = new CrashRecord { CrashId = "../../etc/passwd", Class = CrashClass.Unhandled, Time = Now,
            Service = "orders" };
        RecordAssembly.Merge(Run, VerdictTests.Dead("signal 6") with { Written = written }, CrashClass.Unhandled,
            false).CrashId.ShouldBe(Run.CrashId);
    }

    [Fact]
    public void A_type_that_stderr_does_not_name_comes_from_the_report()
    {
        var death = VerdictTests.Dead("signal 6") with
        {
            Finding = Tocsin.Cli.Run.Stderr.StderrReading.Read("Unhandled exception. custom text\nmore"),
            FindingIsLastWord = true,
            Report = CrashReport.Parse(Golden.Bytes("report-throw.json")),
        };
        var record = RecordAssembly.Merge(Run, death, CrashClass.Unhandled, false);
        record.Exception!.Type.ShouldBe("System.InvalidOperationException");
        record.Exception.Message.ShouldBe("custom text\nmore");
        record.Threads.Count.ShouldBe(2);
    }

    [Fact]
    public void A_killed_program_tells_its_last_moments_through_the_black_box()
    {
        var box = new BlackBoxSnapshot
        {
            RunId = "run1",
            BootId = "b",
            Service = "orders-api",
            Host = "h",
            Pid = 42,
            Heartbeat = Now.AddSeconds(-0.2),
            Logs = [new BlackBoxLog(Now, "error", "Orders", "disk is full", "t", "s", null, 1)],
            Activities = [new BlackBoxActivity("POST /orders", "trace1", "span1", Now, "u1")],
        };
        var record = RecordAssembly.Merge(Run, VerdictTests.Dead("signal 9") with { BlackBox = box, PeakBytes = 1000,
            Cpu = TimeSpan.FromSeconds(2) },
            CrashClass.Killed, false);
        record.Logs.ShouldHaveSingleItem().Message.ShouldBe("disk is full");
        (record.TraceId, record.SpanId, record.UserId, record.Service).ShouldBe(("trace1", "span1", "u1",
            "orders-api"));
        (record.Resources.PeakWorkingSetBytes, record.Resources.CpuSeconds).ShouldBe((1000, 2));
        record.Evidence[^1].Detail.ShouldContain("last heartbeat 0.2 s before the end; no goodbye");
    }

    [Fact]
    public void The_evidence_names_a_forwarded_signal()
    {
        var death = VerdictTests.Dead("signal 11") with { Intent = new StopIntent(Signals.Terminate, Now) };
        EvidenceList.Of(death).First().Detail.ShouldBe("The process was ended by SIGSEGV after SIGTERM at 03:04:05.000Z.");
    }
}
