using System.Text;
using Tocsin.Model.Crashes;
using TocsinSdk.Crashes;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Crashes;

public sealed class CrashReportTests
{
    private const string Overflow = """
        {"payload":{"protocol_version":"1.0.0","process_name":"app","threads":[
          {"is_managed":"false","crashed":"false","native_thread_id":"0x1","stack_frames":[{"is_managed":"false","unmanaged_name":"poll","native_module":"libc.so.6"}]},
          {"is_managed":"true","crashed":"true","managed_exception_type":"System.StackOverflowException","native_thread_id":"0x2","stack_frames":[
            {"is_managed":"false","native_module":"libcoreclr.so"},
            {"is_managed":"false","unmanaged_name":"wait4","native_module":"libc.so.6"},
            {"is_managed":"true","il_offset":"0x3","method_name":"App.Recurse(Int32)","filename":"App.dll"},
            {"repeated":"0x3fe7f","repeated_frames":[{"is_managed":"true","il_offset":"0x3","method_name":"App.Recurse(Int32)","filename":"App.dll"}]},
            {"is_managed":"true","il_offset":"0x416","method_name":"App.Main()","filename":"App.dll"}]}]},
         "parameters":{"ExceptionType":"0x05000000"}}
        """;

    [Fact]
    public void The_crash_site_begins_where_the_runtimes_own_frames_end()
    {
        var report = CrashReport.Parse(Encoding.UTF8.GetBytes(Overflow)).ShouldNotBeNull();
        report.Class.ShouldBe("stack_overflow");
        report.CrashSite.ShouldBe([
            new("App.Recurse(Int32)", "App.dll", 3, 1), new("App.Recurse(Int32)", "App.dll", 3, 261759), new("App.Main()", "App.dll", 1046, 1),
        ]);
        var record = CrashJson.Read(CrashRecordWriter.ToBytes(new FixedBuffer(1 << 20), Some.Facts(report: report)));
        record.Exception.ShouldNotBeNull().Frames[1].Repeated.ShouldBe(261759);
        record.Threads.Select(t => t.Crashed).ShouldBe([false, true]);
    }

    [Theory]
    [InlineData("System.AccessViolationException", "0x05000000", "access_violation")]
    [InlineData("System.ExecutionEngineException", "0x05000000", "fail_fast")]
    [InlineData("System.OutOfMemoryException", "0x05000000", "out_of_memory")]
    [InlineData("System.FormatException", "0x05000000", "unhandled")]
    [InlineData(null, "0x30000000", "native_abort")]
    [InlineData(null, "0x20000000", "access_violation")]
    public void The_class_follows_from_exception_or_signal(string? type, string code, string expected)
    {
        var exception = type is null ? "" : $"\"managed_exception_type\":\"{type}\",";
        var json = "{\"payload\":{\"threads\":[{\"crashed\":\"true\"," + exception + "\"stack_frames\":[]}]},\"parameters\":{\"ExceptionType\":\"" + code + "\"}}";
        CrashReport.Parse(Encoding.UTF8.GetBytes(json)).ShouldNotBeNull().Class.ShouldBe(expected);
    }

    [Fact]
    public void The_report_is_found_by_the_name_the_runtime_was_given()
    {
        using var folder = new TempFolder();
        var name = Path.Combine(folder.Path, "dump.%e.%p");
        File.WriteAllText(Path.Combine(folder.Path, "dump.app.12.crashreport.json"), Overflow);
        CrashReport.OfProcess(name, 12, Some.Time.AddYears(-50)).ShouldNotBeNull();
        CrashReport.OfProcess(name, 1, Some.Time.AddYears(-50)).ShouldBeNull();
        CrashReport.OfProcess(name, 12, DateTimeOffset.UtcNow.AddDays(1)).ShouldBeNull("it is older than the process");
        CrashReport.OfProcess(null, 12, Some.Time).ShouldBeNull();
    }

    [Fact]
    public void Any_damage_gives_a_report_or_none()
    {
        var original = Encoding.UTF8.GetBytes(Overflow);
        var random = new Random(11);
        for (var round = 0; round < 5000; round++)
        {
            var damaged = original.ToArray();
            for (var i = random.Next(1, 6); i > 0; i--)
                damaged[random.Next(damaged.Length)] = (byte)"{}[],:\"0xt\u0001"[random.Next(11)];
            if (CrashReport.Parse(damaged) is { } report)
                CrashRecordWriter.ToBytes(new FixedBuffer(64 << 10), Some.Facts(Some.EmptyBox, report: report)).ShouldNotBeEmpty();
        }
    }
}
