using System.Text;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Model.Crashes;
using Tocsin.Testing;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Reports that createdump of .NET 10 wrote, and damaged ones.</summary>
public sealed class CrashReportTests
{
    [Theory]
    [InlineData("report-overflow.json", CrashClass.StackOverflow, "System.StackOverflowException")]
    [InlineData("report-failfast.json", CrashClass.FailFast, "System.ExecutionEngineException")]
    [InlineData("report-throw.json", CrashClass.Unhandled, "System.InvalidOperationException")]
    [InlineData("report-av.json", CrashClass.AccessViolation, "System.AccessViolationException")]
    [InlineData("report-abort.json", CrashClass.NativeAbort, null)]
    public void The_exception_type_gives_the_class(string golden, CrashClass kind, string? type)
    {
        var report = CrashReport.Parse(Golden.Bytes(golden)).ShouldNotBeNull();
        report.Class.ShouldBe(kind);
        report.ExceptionType.ShouldBe(type);
        report.Threads[0].Crashed.ShouldBeTrue();
        report.Threads.Count.ShouldBe(2);
        report.Crashed!.Frames.ShouldNotBeEmpty();
    }

    [Fact]
    public void Managed_frames_have_module_and_offset_and_recursion_is_folded()
    {
        var frames = CrashReport.Parse(Golden.Bytes("report-overflow.json"))!.Crashed!.Frames;
        var recursion = frames.Where(f => f.Method.Contains("Recurse")).MaxBy(f => f.Repeated)!;
        recursion.Module.ShouldBe("dn.dll");
        recursion.IlOffset.ShouldNotBeNull();
        recursion.Repeated.ShouldBeGreaterThan(200_000);
    }

    [Fact]
    public void A_missing_or_unfinished_report_is_none()
    {
        CrashReport.Load("/nonexistent/report").ShouldBeNull();
        CrashReport.Parse(Golden.Bytes("report-throw.json").AsMemory(0, 900)).ShouldBeNull();
        CrashReport.Parse("{}"u8.ToArray()).ShouldBeNull();
        CrashReport.Parse("""{"payload":{"threads":"none"}}"""u8.ToArray()).ShouldBeNull();
        var odd = """{"payload":{"threads":[1,{"crashed":true,"stack_frames":{}}]}}"""u8.ToArray();
        CrashReport.Parse(odd)!.ExceptionType.ShouldBeNull();
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Damaged_reports_never_throw()
    {
        var random = FuzzSeed.Random(4480);
        string[] names = ["report-overflow.json", "report-abort.json", "report-throw.json"];
        var seeds = names.Select(Golden.Bytes).ToArray();
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var i = random.Next(1, 20); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = round % 2 == 0
                    ? (byte)random.Next(256)
                    : (byte)"{}[]\",:0x\\u"[random.Next(11)];
            }

            var report = CrashReport.Parse(bytes.AsMemory(0,
                round % 3 == 0 ? random.Next(bytes.Length) : bytes.Length));
            report?.Threads.Count.ShouldBeLessThanOrEqualTo(64);
        }

        CrashReport.Parse(Encoding.UTF8.GetBytes("""{"payload":{"threads":[{"crashed":"\ud800"}]}}""")).ShouldBeNull();
    }
}
