namespace Tocsin.Crashes.Records;

/// <summary>How large the parts of a crash record may be; what is larger is cut, never refused.</summary>
public static class CrashLimits
{
    /// <summary>A record with every part near its limit; Kestrel refuses more.</summary>
    public const int RequestBytes = 8 * 1024 * 1024;

    /// <summary>Both ends of a stack are kept: where it crashed and who started it.</summary>
    public const int FramesAtTop = 200, FramesAtBottom = 50;

    public const int ExceptionDepth = 20, Exceptions = 50;
    public const int Threads = 64, ThreadFrames = 50;
    public const int MessageCharacters = 16 * 1024, StackTextCharacters = 64 * 1024, StderrCharacters = 64 * 1024;
    public const int Logs = 200, LogCharacters = 4096;
    public const int Breadcrumbs = 100, BreadcrumbCharacters = 1024;
    public const int Activities = 50, Attributes = 64, AttributeCharacters = 1024, Evidence = 32;
    public const int CommandCharacters = 4096, NameCharacters = 256, MethodCharacters = 500, PathCharacters = 1024;

    /// <summary>Distinct users, hosts and releases remembered per group; beyond it the numbers stop growing.</summary>
    public const int UsersPerGroup = 10_000, HostsPerGroup = 1000, ReleasesPerGroup = 1000;

    /// <summary>Whole records kept per group: the first and the last ones. The counts go on.</summary>
    public const int RecordsAtStart = 100, RecordsAtEnd = 100;

    /// <summary>Crashes that were recorded late (a process found dead at its next start) still count at their own
    /// time.</summary>
    public static readonly TimeSpan OldestTime = TimeSpan.FromDays(30);
}
