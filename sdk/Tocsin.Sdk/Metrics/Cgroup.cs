namespace TocsinSdk.Metrics;

/// <summary>
/// What the kernel allows and counts for the group of processes this one is in, which in a container is the container.
/// Null where the group has no such limit or does not tell.
/// </summary>
internal abstract class Cgroup
{
    public abstract long? MemoryUsed { get; }
    public abstract long? MemoryLimit { get; }
    public abstract long? OomKills { get; }
    public abstract double? CpuSeconds { get; }

    /// <summary>In CPUs; 0.5 is half of one.</summary>
    public abstract double? CpuLimit { get; }
    public abstract long? Periods { get; }
    public abstract long? ThrottledPeriods { get; }
    public abstract double? ThrottledSeconds { get; }

    public static Cgroup? OfProcess() => At("/");

    /// <param name="root">Where /proc and /sys are looked for; tests have their own.</param>
    public static Cgroup? At(string root)
    {
        var groups = Path.Combine(root, "sys/fs/cgroup");
        string lines;
        try
        {
            lines = File.ReadAllText(Path.Combine(root, "proc/self/cgroup"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        // "hierarchy:controllers:path", one line per hierarchy; version 2 has one, without controllers.
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Split('\n'))
            if (line.Split(':', 3) is [_, var controllers, var path])
                foreach (var controller in controllers.Split(','))
                    paths.TryAdd(controller, path.Trim());
        if (File.Exists(Path.Combine(groups, "cgroup.controllers")))
            return new CgroupV2(Folder(groups, paths.GetValueOrDefault("")));
        var memory = Folder(Path.Combine(groups, "memory"), paths.GetValueOrDefault("memory"));
        var cpu = Folder(Path.Combine(groups, "cpu"), paths.GetValueOrDefault("cpu"));
        return Directory.Exists(memory) || Directory.Exists(cpu)
            ? new CgroupV1(memory, cpu, Folder(Path.Combine(groups, "cpuacct"), paths.GetValueOrDefault("cpuacct")))
            : null;
    }

    // Inside a container the path may be the host's, and the group is then what is mounted.
    private static string Folder(string mount, string? path) =>
        Path.Combine(mount, path?.TrimStart('/') ?? "") is var inner && Directory.Exists(inner) ? inner : mount;

    private sealed class CgroupV2(string folder) : Cgroup
    {
        private readonly string _cpuStat = Path.Combine(folder, "cpu.stat"), _cpuMax = Path.Combine(folder, "cpu.max"),
            _current = Path.Combine(folder, "memory.current"), _max = Path.Combine(folder, "memory.max"),
            _events = Path.Combine(folder, "memory.events");

        public override long? MemoryUsed => KernelFile.Number(_current);
        public override long? MemoryLimit => KernelFile.Number(_max);
        public override long? OomKills => KernelFile.Number(KernelFile.Read(_events), "oom_kill"u8);
        public override double? CpuSeconds => KernelFile.Number(KernelFile.Read(_cpuStat), "usage_usec"u8) / 1e6;
        public override long? Periods => KernelFile.Number(KernelFile.Read(_cpuStat), "nr_periods"u8);
        public override long? ThrottledPeriods => KernelFile.Number(KernelFile.Read(_cpuStat), "nr_throttled"u8);
        public override double? ThrottledSeconds =>
            KernelFile.Number(KernelFile.Read(_cpuStat), "throttled_usec"u8) / 1e6;

        // "200000 100000", or "max 100000" without a limit.
        public override double? CpuLimit
        {
            get
            {
                var text = KernelFile.Read(_cpuMax);
                var quota = KernelFile.FirstNumber(KernelFile.Word(ref text));
                return KernelFile.FirstNumber(text) is > 0 and var period ? (double?)quota / period : null;
            }
        }
    }

    private sealed class CgroupV1(string memory, string cpu, string accounts) : Cgroup
    {
        // "No limit" is the largest whole number of pages.
        private const long Unlimited = 1L << 60;

        private readonly string _cpuStat = Path.Combine(cpu, "cpu.stat"),
            _quota = Path.Combine(cpu, "cpu.cfs_quota_us"), _period = Path.Combine(cpu, "cpu.cfs_period_us"),
            _usage = Path.Combine(accounts, "cpuacct.usage"), _used = Path.Combine(memory, "memory.usage_in_bytes"),
            _limit = Path.Combine(memory, "memory.limit_in_bytes"), _oom = Path.Combine(memory, "memory.oom_control");

        public override long? MemoryUsed => KernelFile.Number(_used);
        public override long? MemoryLimit => KernelFile.Number(_limit) is < Unlimited and var limit ? limit : null;
        public override long? OomKills => KernelFile.Number(KernelFile.Read(_oom), "oom_kill"u8);
        public override double? CpuSeconds => KernelFile.Number(_usage) / 1e9;
        public override long? Periods => KernelFile.Number(KernelFile.Read(_cpuStat), "nr_periods"u8);
        public override long? ThrottledPeriods => KernelFile.Number(KernelFile.Read(_cpuStat), "nr_throttled"u8);
        public override double? ThrottledSeconds =>
            KernelFile.Number(KernelFile.Read(_cpuStat), "throttled_time"u8) / 1e9;

        public override double? CpuLimit =>
            KernelFile.Number(_quota) is > 0 and var quota && KernelFile.Number(_period) is > 0 and var period
                ? (double)quota / period : null;
    }
}
