using System.Diagnostics.Metrics;
using TocsinSdk.Metrics;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Metrics;

public sealed class OwnMetersTests
{
    [Fact]
    public void What_net8_lacks_has_the_names_units_and_kinds_of_what_later_runtimes_measure()
    {
        Assert.SkipUnless(Environment.Version.Major >= 9, "this runtime has no System.Runtime meter");
        var (native, own) = (new List<string>(), new List<string>());
        using var mine = new Meter("Test.Runtime");
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            var line = $"{instrument.Name} {instrument.Unit} {instrument.GetType().Name}";
            if (instrument.Meter == mine)
                own.Add(line);
            else if (instrument.Meter.Name == "System.Runtime")
                native.Add(line);
        };
        listener.Start();

        RuntimeMeter.Create(mine);

        // CPU time is on process.cpu.time.
        own.ShouldBe(native.Where(n => !n.StartsWith("dotnet.process.cpu.time", StringComparison.Ordinal)), ignoreOrder: true);
    }

    [Fact]
    public void The_process_and_its_machine_are_measured()
    {
        MachineMeters.Start();
        using var page = new TestPage();

        var families = PageParser.Parse(page.Text, openMetrics: false);

        double Only(string family) => families[family].Samples.Single().Value;
        Only("process_memory_usage_bytes").ShouldBeGreaterThan(10e6);
        Only("process_uptime_seconds").ShouldBeInRange(0, 3600);
        Only("process_start_time_seconds").ShouldBe(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), tolerance: 3600);
        families["process_cpu_time_seconds_total"].Samples.Count.ShouldBe(2);
        families["system_filesystem_usage_bytes"].Samples
            .Where(s => s.Labels["system_filesystem_mountpoint"] == "/").Sum(s => s.Value).ShouldBeGreaterThan(1e6);
        families["system_filesystem_utilization_ratio"].Samples.ShouldAllBe(s => s.Value >= 0 && s.Value <= 1);
        if (!OperatingSystem.IsLinux())
            return;
        Only("process_thread_count").ShouldBeGreaterThan(3);
        Only("process_unix_file_descriptor_count").ShouldBeInRange(3, Only("process_unix_file_descriptor_limit"));
        Only("process_memory_virtual_bytes").ShouldBeGreaterThan(Only("process_memory_usage_bytes"));
        families["process_context_switches_total"].Samples.Sum(s => s.Value).ShouldBeGreaterThan(10);
        families["system_memory_usage_bytes"].Samples.Count.ShouldBe(2);
    }

    [Fact]
    public void The_group_of_a_container_is_read_by_version_2()
    {
        using var root = new TempFolder();
        Write(root, "proc/self/cgroup", "0::/shop.slice/api\n");
        Write(root, "sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
        Write(root, "sys/fs/cgroup/shop.slice/api/memory.current", "1048576\n");
        Write(root, "sys/fs/cgroup/shop.slice/api/memory.max", "2097152\n");
        Write(root, "sys/fs/cgroup/shop.slice/api/memory.events", "low 0\nhigh 0\nmax 7\noom 4\noom_kill 3\noom_group_kill 0\n");
        Write(root, "sys/fs/cgroup/shop.slice/api/cpu.max", "150000 100000\n");
        Write(root, "sys/fs/cgroup/shop.slice/api/cpu.stat",
            "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\nnr_periods 40\nnr_throttled 5\nthrottled_usec 750000\n");

        var group = Cgroup.At(root.Path).ShouldNotBeNull();

        (group.MemoryUsed, group.MemoryLimit, group.OomKills).ShouldBe((1048576L, 2097152L, 3L));
        (group.CpuSeconds, group.CpuLimit, group.Periods).ShouldBe((2.5, 1.5, 40L));
        (group.ThrottledPeriods, group.ThrottledSeconds).ShouldBe((5L, 0.75));
    }

    [Fact]
    public void Version_2_without_limits_tells_none()
    {
        using var root = new TempFolder();
        Write(root, "proc/self/cgroup", "0::/../../elsewhere\n");
        Write(root, "sys/fs/cgroup/cgroup.controllers", "");
        Write(root, "sys/fs/cgroup/memory.max", "max\n");
        Write(root, "sys/fs/cgroup/cpu.max", "max 100000\n");

        var group = Cgroup.At(root.Path).ShouldNotBeNull();

        (group.MemoryUsed, group.MemoryLimit, group.CpuLimit, group.OomKills).ShouldBe((null, null, null, null));
    }

    [Fact]
    public void The_group_of_a_container_is_read_by_version_1()
    {
        using var root = new TempFolder();
        Write(root, "proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/x\n");
        Write(root, "sys/fs/cgroup/memory/memory.usage_in_bytes", "100\n");
        Write(root, "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write(root, "sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
        Write(root, "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "50000\n");
        Write(root, "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000\n");
        Write(root, "sys/fs/cgroup/cpu/docker/abc/cpu.stat", "nr_periods 9\nnr_throttled 2\nthrottled_time 1500000000\n");
        Write(root, "sys/fs/cgroup/cpuacct/docker/abc/cpuacct.usage", "3000000000\n");

        var group = Cgroup.At(root.Path).ShouldNotBeNull();

        (group.MemoryUsed, group.MemoryLimit, group.OomKills).ShouldBe((100L, null, 2L));
        (group.CpuSeconds, group.CpuLimit, group.ThrottledSeconds).ShouldBe((3.0, 0.5, 1.5));
    }

    [Fact]
    public void Without_groups_nothing_is_told()
    {
        using var root = new TempFolder();

        Cgroup.At(root.Path).ShouldBeNull();
    }

    [Fact]
    public void The_share_of_cpu_is_that_since_the_last_look()
    {
        var clock = new Stopped();
        var used = TimeSpan.Zero;
        var share = new CpuShare(clock, () => used);

        share.Now().ShouldBeNull();
        (clock.Seconds, used) = (2, TimeSpan.FromSeconds(0.5 * 2 * Environment.ProcessorCount));
        share.Now()!.Value.ShouldBe(0.5, 1e-9);
        used *= 2;
        share.Now()!.Value.ShouldBe(0.5, 1e-9);
    }

    private static void Write(TempFolder root, string file, string text)
    {
        var path = Path.Combine(root.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private sealed class Stopped : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
