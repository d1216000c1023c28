using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Cli.Run.Spool;
using Tocsin.Cli.Run.Stderr;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run;

/// <summary>
/// Walks the path of a death once with a made-up one, so that the compiler is done before a real one comes.
/// </summary>
internal static class WarmUp
{
    private const string Sample = """
        Unhandled exception. System.InvalidOperationException: outer
         ---> System.FormatException: inner
           at A.B(String s) in /a.cs:line 1
           --- End of inner exception stack trace ---
           at A.C()
        """;

    /// <summary>Opens the connection too. Stores and sends no record.</summary>
    public static int Walk(CrashDelivery delivery, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var tail = new StderrTail();
        tail.Append(System.Text.Encoding.UTF8.GetBytes(Sample));
        var lines = StderrReading.Lines(tail.Text());
        var finding = StderrReading.Read(lines);
        var death = new Death
        {
            At = now,
            Status = new ExitStatus(null, Signals.Abort),
            StderrTail = tail.Text(),
            Finding = finding,
            FindingIsLastWord = finding is not null && StderrReading.IsLastWord(finding, lines),
            Report = CrashReport.Parse("""{"payload":{"threads":[{"crashed":"true"}]}}"""u8.ToArray()),
        };
        var run = new RunIdentity(CrashIds.New(now), "", "", "", now);
        var kind = Verdict.Of(death) ?? CrashClass.Abnormal;
        var json = CrashJson.Write(RecordAssembly.Merge(run, death, kind, crashLoop: false));
        delivery.WarmUp();
        return json.Length;
    }
}
