using System.Diagnostics.Metrics;
using System.Text;

namespace TocsinSdk.Metrics;

/// <summary>system.*: file systems, disks, memory and CPU of the machine, by OpenTelemetry's names.</summary>
internal static class SystemMeter
{
    private const int SectorBytes = 512, MaxDevices = 64;

    // The kernel counts in ticks of 1/100 s whatever its own clock.
    private const double TicksPerSecond = 100;

    private static readonly KeyValuePair<string, object?>
        s_used = new("system.filesystem.state", "used"), s_free = new("system.filesystem.state", "free"),
        s_reserved = new("system.filesystem.state", "reserved"),
        s_read = new("disk.io.direction", "read"), s_write = new("disk.io.direction", "write"),
        s_memoryUsed = new("system.memory.state", "used"), s_memoryFree = new("system.memory.state", "free");

    public static void Create(Meter meter)
    {
        meter.CreateObservableUpDownCounter("system.filesystem.usage", Usage, "By", "Space on mounted file systems");
        meter.CreateObservableGauge("system.filesystem.utilization", Utilization, "1",
            "Share of a file system that is in use");
        if (!OperatingSystem.IsLinux())
            return;
        meter.CreateObservableCounter("system.disk.io", DiskIo, "By", "Bytes read from and written to disks");
        meter.CreateObservableUpDownCounter("system.memory.usage", Memory, "By", "Memory of the machine");
        meter.CreateObservableGauge("system.memory.utilization", MemoryShare, "1", "Share of memory that is in use");
        var share = new CpuShare(TimeProvider.System, Busy);
        meter.CreateObservableGauge("system.cpu.utilization", () => MachineMeters.Known(share.Now()), "1",
            "Share of the machine's CPU time that was used of late");
    }

    private static IEnumerable<Measurement<long>> Usage()
    {
        foreach (var (drive, mount) in MountedFileSystems.Now())
        {
            long total, free, available;
            try
            {
                (total, free, available) = (drive.TotalSize, drive.TotalFreeSpace, drive.AvailableFreeSpace);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            yield return new(total - free, mount, s_used);
            yield return new(available, mount, s_free);
            yield return new(free - available, mount, s_reserved);
        }
    }

    private static IEnumerable<Measurement<double>> Utilization()
    {
        foreach (var (drive, mount) in MountedFileSystems.Now())
        {
            double used, free;
            try
            {
                (used, free) = (drive.TotalSize - drive.TotalFreeSpace, drive.AvailableFreeSpace);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            if (used + free > 0)
                yield return new(used / (used + free), mount);
        }
    }

    private static List<Measurement<long>> DiskIo()
    {
        var text = KernelFile.Read("/proc/diskstats");
        var measured = new List<Measurement<long>>();
        Span<long> fields = stackalloc long[7];
        while (!text.IsEmpty)
        {
            var line = KernelFile.Line(ref text);
            KernelFile.Word(ref line);
            KernelFile.Word(ref line);
            var name = Encoding.UTF8.GetString(KernelFile.Word(ref line));
            // Whole disks only: parts would count twice, loops and RAM disks are none.
            if (name.Length == 0 || !Directory.Exists("/sys/block/" + name) || name.StartsWith("loop", StringComparison.Ordinal)
                || name.StartsWith("ram", StringComparison.Ordinal))
                continue;
            for (var i = 0; i < fields.Length; i++)
                fields[i] = KernelFile.FirstNumber(KernelFile.Word(ref line)) ?? 0;
            if (measured.Count >= 2 * MaxDevices)
                break;
            var device = new KeyValuePair<string, object?>("system.device", name);
            measured.Add(new(fields[2] * SectorBytes, device, s_read));
            measured.Add(new(fields[6] * SectorBytes, device, s_write));
        }
        return measured;
    }

    private static (long Total, long Available)? MemoryNow()
    {
        var text = KernelFile.Read("/proc/meminfo");
        return KernelFile.Number(text, "MemTotal:"u8) is { } total
            && KernelFile.Number(text, "MemAvailable:"u8) is { } available ? (total * 1024, available * 1024) : null;
    }

    private static Measurement<long>[] Memory() => MemoryNow() is var (total, available)
        ? [new(total - available, s_memoryUsed), new(available, s_memoryFree)] : [];

    private static Measurement<double>[] MemoryShare() => MemoryNow() is var (total, available) && total > 0
        ? [new((double)(total - available) / total)] : [];

    // "cpu  user nice system idle iowait irq softirq steal ...": all but idle and waiting for disks.
    private static TimeSpan? Busy()
    {
        var text = KernelFile.Read("/proc/stat");
        var line = KernelFile.Line(ref text);
        if (!KernelFile.Word(ref line).SequenceEqual("cpu"u8))
            return null;
        var busy = 0L;
        for (var i = 0; i < 8; i++)
            if (KernelFile.FirstNumber(KernelFile.Word(ref line)) is { } ticks && i is not (3 or 4))
                busy += ticks;
        return TimeSpan.FromSeconds(busy / TicksPerSecond);
    }
}
