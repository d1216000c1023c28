using Tocsin.Model.Crashes;
using TocsinSdk.Crashes;

namespace TocsinSdk.Tests.Crashes;

/// <summary>What is written by hand here is what the server's model reads.</summary>
public sealed class CrashRecordWriterTests
{
    private readonly FixedBuffer _buffer = new(512 << 10);

    [Fact]
    public void Every_member_is_read_back()
    {
        var read = Read(Some.Facts(exception: new InvalidOperationException("a \"quoted\" line\nand € another", new TimeoutException("why"))));
        read.CrashId.ShouldBe("CRASH-20261121040506-0123456789ab");
        read.Class.ShouldBe(CrashClass.Unhandled);
        read.Time.ShouldBe(Some.Time);
        read.Service.ShouldBe("größe");
        read.Source.ShouldBe("sdk");
        read.Process.ShouldBe(new CrashProcess
        {
            RunId = Some.Identity.RunId, Pid = 4711, Command = "app --run", Runtime = ".NET 10.0.12", StartTime = Some.Time,
        });
        read.Exception.ShouldNotBeNull().Message.ShouldBe("a \"quoted\" line\nand € another");
        read.Exception.Inner.ShouldHaveSingleItem().Type.ShouldBe("System.TimeoutException");
        read.UserId.ShouldBe("u-1");
        read.Logs.Count.ShouldBe(3);
        read.Breadcrumbs.ShouldHaveSingleItem().Message.ShouldBe("crumb");
        read.Attributes["a"].ShouldBe("b");
        read.Resources.GcHeapBytes.ShouldNotBeNull();
        read.Evidence.ShouldHaveSingleItem().ShouldBe(new CrashEvidence("crash_file", "seen"));
    }

    [Fact]
    public void Every_class_is_one_the_model_knows()
    {
        var names = typeof(CrashClasses).GetFields().Select(f => (string)f.GetRawConstantValue()!).ToList();
        names.Count.ShouldBeGreaterThan(5);
        foreach (var name in names)
            Read(Some.Facts() with { Class = name }).Class.ToString().ToLowerInvariant().ShouldBe(name.Replace("_", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Logs_that_do_not_fit_are_left_out_before_anything_else()
    {
        // A control character takes six bytes of JSON.
        var read = Read(Some.Facts(Some.Box(logs: 128, filler: '\u0001'), new InvalidOperationException("why")));
        read.Exception.ShouldNotBeNull().Message.ShouldBe("why");
        read.Logs.Count.ShouldBe(16);
    }

    [Fact]
    public void Depth_and_breadth_of_causes_are_bounded()
    {
        Exception deep = new InvalidOperationException("0");
        for (var i = 1; i < 1000; i++)
            deep = new InvalidOperationException(i.ToString(), deep);
        var wide = new AggregateException(Enumerable.Range(0, 1000).Select(i => new InvalidOperationException(i.ToString())).Append(deep));
        var read = Read(Some.Facts(exception: wide));
        read.Exception.ShouldNotBeNull().Inner.Count.ShouldBe(31);
        Depth(Read(Some.Facts(exception: deep)).Exception!).ShouldBe(9);
    }

    [Fact]
    public void What_a_record_leaves_out_is_read_as_empty_never_as_null()
    {
        var read = CrashJson.Read("""
            {"crashId":"CRASH-1","class":"abnormal","time":"2026-11-21T00:00:00Z","service":"s",
             "exception":{"type":"E","frames":[{"method":"M"}]},"threads":[{"id":"1","crashed":true}]}
            """u8);
        read.Logs.ShouldBeEmpty();
        read.Evidence.ShouldBeEmpty();
        read.Attributes.ShouldBeEmpty();
        (read.Source, read.Process.Pid, read.Resources.ThreadCount).ShouldBe(("sdk", null, null));
        read.Exception.ShouldNotBeNull().Message.ShouldBe("");
        read.Exception.Inner.ShouldBeEmpty();
        read.Exception.Frames[0].Repeated.ShouldBe(1);
        read.Threads[0].Frames.ShouldBeEmpty();
    }

    [Fact]
    public void The_short_record_runs_no_code_of_the_application()
    {
        new CrashRecordWriter(_buffer).Write(Some.Facts(exception: new MessageForbidden()), maxLogs: 0, onlyType: true);
        var read = CrashJson.Read(_buffer.Written.Span);
        read.Exception.ShouldNotBeNull().Type.ShouldEndWith("MessageForbidden");
        read.Logs.ShouldBeEmpty();
    }

    private CrashRecord Read(CrashFacts facts) => CrashJson.Read(CrashRecordWriter.ToBytes(_buffer, facts));

    private static int Depth(CrashException exception) =>
        exception.Inner.Count == 0 ? 1 : 1 + exception.Inner.Max(Depth);

    private sealed class MessageForbidden : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}
