using System.Diagnostics;
using System.Runtime.InteropServices;
using TocsinSdk.Redaction;

namespace TocsinSdk.Runs;

/// <summary>Who this run of the process is; every record it leaves carries it.</summary>
internal sealed record RunIdentity
{
    /// <summary>32 hex digits; OpenTelemetry's service.instance.id.</summary>
    public required string RunId { get; init; }
    public required string Service { get; init; }
    public string? Environment { get; init; }
    public string? Release { get; init; }
    public required string Host { get; init; }
    public required int Pid { get; init; }
    public required DateTimeOffset StartTime { get; init; }
    public required string BootId { get; init; }
    public required string Runtime { get; init; }
    public required string Command { get; init; }

    public static RunIdentity OfProcess(Settings settings, string runId, Redactor redactor) => new()
    {
        RunId = runId,
        Service = settings.Service,
        Environment = settings.Environment,
        Release = settings.Release,
        Host = System.Environment.MachineName,
        Pid = System.Environment.ProcessId,
        StartTime = ProcessStart(),
        BootId = CurrentBoot(),
        Runtime = RuntimeInformation.FrameworkDescription,
        Command = CommandText.Of(System.Environment.GetCommandLineArgs(), redactor),
    };

    /// <summary>Changes with every start of the machine; empty where the system does not tell.</summary>
    public static string CurrentBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static DateTimeOffset ProcessStart()
    {
        using var self = Process.GetCurrentProcess();
        return self.StartTime.ToUniversalTime();
    }
}
