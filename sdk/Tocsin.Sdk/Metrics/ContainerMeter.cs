using System.Diagnostics.Metrics;

namespace TocsinSdk.Metrics;

/// <summary>container.*: what the kernel allows this container, and how often it had to hold it back.</summary>
internal static class ContainerMeter
{
    public static void Create(Meter meter, Cgroup group)
    {
        meter.CreateObservableUpDownCounter("container.memory.usage", () => MachineMeters.Known(group.MemoryUsed), "By",
            "Memory of the container, with the page cache");
        meter.CreateObservableUpDownCounter("container.memory.limit", () => MachineMeters.Known(group.MemoryLimit), "By",
            "Memory the container may have");
        meter.CreateObservableCounter("container.memory.oom_kills", () => MachineMeters.Known(group.OomKills),
            "{process}", "Processes of the container killed for lack of memory");
        meter.CreateObservableCounter("container.cpu.time", () => MachineMeters.Known(group.CpuSeconds), "s",
            "CPU time of the container");
        meter.CreateObservableUpDownCounter("container.cpu.limit", () => MachineMeters.Known(group.CpuLimit), "{cpu}",
            "CPUs the container may use");
        meter.CreateObservableCounter("container.cpu.periods", () => MachineMeters.Known(group.Periods), "{period}",
            "Scheduling periods with a CPU limit");
        meter.CreateObservableCounter("container.cpu.throttled.periods",
            () => MachineMeters.Known(group.ThrottledPeriods), "{period}", "Periods in which the CPU limit was reached");
        meter.CreateObservableCounter("container.cpu.throttled.time",
            () => MachineMeters.Known(group.ThrottledSeconds), "s", "Time threads had to wait for the CPU limit");
    }
}
