using System.Runtime.InteropServices;
using TocsinSdk.BlackBox;
using TocsinSdk.Crashes;
using TocsinSdk.Redaction;
using TocsinSdk.Runs;

namespace TocsinSdk.Tests;

/// <summary>Values for tests that do not care which.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 11, 21, 4, 5, 6, TimeSpan.Zero);

    public static RunIdentity Identity { get; } = new()
    {
        RunId = "0123456789abcdef0123456789abcdef",
        Service = "größe",
        Release = "1.2.3",
        Host = "web-1",
        Pid = 4711,
        StartTime = Time,
        BootId = RunIdentity.CurrentBoot(),
        Runtime = ".NET 10.0.12",
        Command = "app --run",
    };

    public static BlackBoxSnapshot EmptyBox { get; } = Box(logs: 0);

    /// <summary>A box with <paramref name="logs"/> records of the largest size in it.</summary>
    public static unsafe BlackBoxSnapshot Box(int logs = 3, char filler = 'x')
    {
        var memory = BlackBoxMemory.Allocate();
        var writer = new BlackBoxWriter(memory, Identity, Pulse.Period, TimeProvider.System);
        for (var i = 0; i < logs; i++)
            writer.Log(9, "Logger", new string(filler, 2000), default, default, null);
        writer.Breadcrumb("category", "crumb");
        var snapshot = writer.Snapshot();
        NativeMemory.Free(memory);
        return snapshot;
    }

    public static CrashFacts Facts(BlackBoxSnapshot? box = null, Exception? exception = null,
        CrashReport? report = null) =>
        new()
    {
        CrashId = CrashId.Of(Time, "0123456789ab"),
        Class = "unhandled",
        Time = Time,
        Box = box ?? Box(),
        Exception = exception,
        Messages = exception is null ? null : Said(exception),
        Report = report,
        UserId = "u-1",
        Evidence = [new Evidence("crash_file", "seen")],
        Attributes = [("a", "b")],
        Resources = ProcessResources.Now(),
    };

    private static ExceptionMessages Said(Exception exception)
    {
        var messages = new ExceptionMessages(new Redactor(new RedactionOptions()), print: false);
        messages.Ask(exception).ShouldBeTrue();
        return messages;
    }
}
