using Microsoft.Extensions.Diagnostics.HealthChecks;
using TocsinSdk.Health.Checks;
using TocsinSdk.Health.Workers;
using TocsinSdk.Runs;

namespace TocsinSdk.Health;

/// <summary>The checks every application has unless it says otherwise.</summary>
internal static class BuiltInChecks
{
    // The machine's numbers and the way to the server warn; what keeps the process from working degrades it.
    private static readonly string[] s_warning = [HealthWords.Warning], s_none = [];

    public static IEnumerable<HealthCheckRegistration> All(ProcessRun run)
    {
        var options = run.Settings.Options.Health;
        if (!options.SystemChecks)
            return [];
        var system = new UsageCheck(options.WarnAbovePercent, null, Usage.Cpu(TimeProvider.System), Usage.Memory(),
            Usage.Disk(run.Folder.Path ?? AppContext.BaseDirectory));
        return
        [
            new("system", system, null, s_warning),
            new("thread_pool", new ThreadPoolCheck(ThreadPoolDegraded, ThreadPoolUnhealthy, TimeProvider.System), null, s_none),
            new("gc", new GcPressureCheck(GcPausePercent, TimeProvider.System), null, s_warning),
            new("telemetry", new TelemetryCheck(() => run.Transport.State), null, s_warning),
            new("workers", new WorkerHeartbeatCheck(Heartbeats.OfProcess, null), null, s_none),
        ];
    }

    public static readonly TimeSpan ThreadPoolDegraded = TimeSpan.FromMilliseconds(500),
        ThreadPoolUnhealthy = TimeSpan.FromSeconds(3);

    public const double GcPausePercent = 20;
}
