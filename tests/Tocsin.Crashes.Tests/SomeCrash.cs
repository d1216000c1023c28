using System.Globalization;
using Tocsin.Crashes.Stacks;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Tests;

/// <summary>Crash records that say only what matters to the test.</summary>
internal static class SomeCrash
{
    public static readonly DateTimeOffset Time = new(2026, 3, 14, 15, 9, 26, TimeSpan.Zero);
    private static int s_next;

    public static string Id() =>
        string.Create(CultureInfo.InvariantCulture, $"CRASH-20260314150926-{Interlocked.Increment(ref s_next):x8}");

    public static CrashRecord Of(CrashClass c, string source = "supervisor", string service = "bookings") => new()
    {
        CrashId = Id(),
        Class = c,
        Time = Time,
        Service = service,
        Source = source,
        Host = "web-01",
    };

    public static CrashRecord Thrown(string stack, string source = "sdk", string service = "bookings") =>
        Of(CrashClass.Unhandled, source, service) with { Exception = StackText.Parse(stack)
            ?? throw new ArgumentException("no stack") };

    public static CrashException Exception(string type, string message = "", params string[] frames) => new()
    {
        Type = type,
        Message = message,
        Frames = [.. frames.Select(f => new CrashFrame { Method = f })],
    };

    public static CrashRecord In(this CrashRecord r, string? run, int? pid = null) =>
        r with { Process = r.Process with { RunId = run, Pid = pid } };
}
