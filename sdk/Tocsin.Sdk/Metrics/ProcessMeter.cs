using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace TocsinSdk.Metrics;

/// <summary>process.*, as OpenTelemetry's semantic conventions name it, and the limit of file descriptors.</summary>
internal static class ProcessMeter
{
    private const string Status = "/proc/self/status", Io = "/proc/self/io", Descriptors = "/proc/self/fd";

    // Places in struct rusage, in longs: two timevals, then fourteen numbers.
    private const int MinorFaults = 8, MajorFaults = 9, Voluntary = 16, Involuntary = 17, Fields = 18;

    private static readonly DateTime s_started = Started();
    private static readonly KeyValuePair<string, object?>
        s_user = new("cpu.mode", "user"), s_system = new("cpu.mode", "system"),
        s_voluntary = new("process.context_switch.type", "voluntary"),
        s_involuntary = new("process.context_switch.type", "involuntary"),
        s_major = new("system.paging.fault.type", "major"), s_minor = new("system.paging.fault.type", "minor"),
        s_read = new("disk.io.direction", "read"), s_write = new("disk.io.direction", "write");

    public static void Create(Meter meter)
    {
        meter.CreateObservableCounter("process.cpu.time", CpuTime, "s", "CPU time of the process");
        var share = new CpuShare(TimeProvider.System, static () => Used().Total);
        meter.CreateObservableGauge("process.cpu.utilization", () => MachineMeters.Known(share.Now()), "1",
            "Share of the CPUs the process may use that it used of late");
        meter.CreateObservableUpDownCounter("process.memory.usage", static () => Environment.WorkingSet, "By",
            "Physical memory of the process");
        meter.CreateObservableGauge("process.start_time", static () => (s_started - DateTime.UnixEpoch).TotalSeconds,
            "s", "When the process started, in Unix time");
        meter.CreateObservableGauge("process.uptime", static () => (DateTime.UtcNow - s_started).TotalSeconds, "s",
            "How long the process has been running");
        if (OperatingSystem.IsLinux())
            CreateLinux(meter);
    }

    private static void CreateLinux(Meter meter)
    {
        meter.CreateObservableUpDownCounter("process.memory.virtual",
            static () => MachineMeters.Known(KernelFile.Number(KernelFile.Read(Status), "VmSize:"u8) * 1024),
            "By", "Virtual memory of the process");
        meter.CreateObservableUpDownCounter("process.thread.count",
            static () => MachineMeters.Known(KernelFile.Number(KernelFile.Read(Status), "Threads:"u8)),
            "{thread}", "Threads of the process");
        meter.CreateObservableUpDownCounter("process.unix.file_descriptor.count",
            static () => MachineMeters.Known(OpenDescriptors()), "{file_descriptor}", "Open file descriptors");
        meter.CreateObservableUpDownCounter("process.unix.file_descriptor.limit",
            static () => MachineMeters.Known(DescriptorLimit()), "{file_descriptor}",
            "File descriptors the process may have open");
        meter.CreateObservableCounter("process.context_switches", ContextSwitches, "{context_switch}",
            "Context switches of the process");
        meter.CreateObservableCounter("process.paging.faults", PageFaults, "{fault}", "Page faults of the process");
        meter.CreateObservableCounter("process.disk.io", DiskIo, "By", "Bytes the process read from and wrote to disks");
    }

    private static Measurement<double>[] CpuTime()
    {
        var (user, system) = Used();
        return [new(user.TotalSeconds, s_user), new(system.TotalSeconds, s_system)];
    }

    private static CpuTimes Used()
    {
#if NET9_0_OR_GREATER
        var usage = Environment.CpuUsage;
        return new(usage.UserTime, usage.PrivilegedTime);
#else
        using var self = Process.GetCurrentProcess();
        return new(self.UserProcessorTime, self.PrivilegedProcessorTime);
#endif
    }

    private static DateTime Started()
    {
        using var self = Process.GetCurrentProcess();
        return self.StartTime.ToUniversalTime();
    }

    private static long? OpenDescriptors()
    {
        try
        {
            // One of them is the listing's own.
            return Directory.EnumerateFileSystemEntries(Descriptors).LongCount() - 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long? DescriptorLimit() =>
        KernelFile.Number(KernelFile.Read("/proc/self/limits"), "Max open files"u8);

    private static Measurement<long>[] ContextSwitches() => Usage(Voluntary) is { } voluntary
        ? [new(voluntary, s_voluntary), new(Usage(Involuntary) ?? 0, s_involuntary)] : [];

    private static Measurement<long>[] PageFaults() => Usage(MajorFaults) is { } major
        ? [new(major, s_major), new(Usage(MinorFaults) ?? 0, s_minor)] : [];

    /// <summary>One of the numbers of all threads together; /proc has some of them for single threads only.</summary>
    private static unsafe long? Usage(int index)
    {
        if (IntPtr.Size != sizeof(long))
            return null;
        var usage = stackalloc long[Fields];
        return getrusage(0, usage) == 0 ? usage[index] : null;
    }

    [DllImport("libc")]
    private static extern unsafe int getrusage(int who, long* usage);

    private static Measurement<long>[] DiskIo()
    {
        var io = KernelFile.Read(Io);
        return [.. MachineMeters.Known(KernelFile.Number(io, "read_bytes:"u8), s_read),
            .. MachineMeters.Known(KernelFile.Number(io, "write_bytes:"u8), s_write)];
    }

    private readonly record struct CpuTimes(TimeSpan User, TimeSpan System)
    {
        public TimeSpan Total => User + System;
    }
}
