using TocsinSdk.BlackBox;

namespace TocsinSdk.Crashes;

/// <summary>Wire names of the crash classes this library can tell (docs/formats/crash-record.md).</summary>
internal static class CrashClasses
{
    public const string Unhandled = "unhandled", Unobserved = "unobserved", Captured = "captured", OutOfMemory = "out_of_memory",
        Hung = "hung", Abnormal = "abnormal", StackOverflow = "stack_overflow", FailFast = "fail_fast",
        AccessViolation = "access_violation",
        NativeAbort = "native_abort";

    public static string Of(Exception exception) => exception is OutOfMemoryException ? OutOfMemory : Unhandled;
}

/// <summary>What showed something, and what it showed, in one sentence.</summary>
internal readonly record struct Evidence(string Source, string Detail);

/// <summary>Everything known about one crash, hang or unobserved error, before it becomes JSON.</summary>
internal sealed record CrashFacts
{
    public required string CrashId { get; init; }
    public required string Class { get; init; }
    public required DateTimeOffset Time { get; init; }

    /// <summary>Identity of the run; logs, breadcrumbs and activities are taken from it too.</summary>
    public required BlackBoxSnapshot Box { get; init; }

    public Exception? Exception { get; init; }

    /// <summary>What <see cref="Exception"/> and its causes say; null leaves all messages out.</summary>
    public ExceptionMessages? Messages { get; init; }

    /// <summary>Set when a crash report of the runtime was found; then <see cref="Exception"/> is null.</summary>
    public CrashReport? Report { get; init; }
    public string? TraceId { get; init; }
    public string? SpanId { get; init; }
    public string? UserId { get; init; }
    public string? RequestId { get; init; }
    public Evidence[] Evidence { get; init; } = [];
    public ProcessResources? Resources { get; init; }
    public (string Key, string Value)[] Attributes { get; init; } = [];
}
