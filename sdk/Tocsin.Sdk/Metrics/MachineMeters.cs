using System.Diagnostics.Metrics;

namespace TocsinSdk.Metrics;

/// <summary>Starts the meters that look at the process and its machine from outside .NET; once per process.</summary>
internal static class MachineMeters
{
    private static int s_started;

    public static void Start()
    {
        if (Interlocked.Exchange(ref s_started, 1) != 0)
            return;
        ProcessMeter.Create(new Meter("Tocsin.Process"));
        SystemMeter.Create(new Meter("Tocsin.System"));
        if (OperatingSystem.IsLinux() && Cgroup.OfProcess() is { } group)
            ContainerMeter.Create(new Meter("Tocsin.Container"), group);
    }

    /// <summary>One measurement where the value is known, none where the system does not tell.</summary>
    public static Measurement<T>[] Known<T>(T? value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct => value is { } known ? [new Measurement<T>(known, tags)] : [];
}
