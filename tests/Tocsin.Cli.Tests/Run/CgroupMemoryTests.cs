using Tocsin.Cli.Run.Evidence;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Both versions of control groups, from folders made by hand.</summary>
public sealed class CgroupMemoryTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Version_1_has_its_memory_controller_in_a_tree_of_its_own()
    {
        _root.Write("proc/7/cgroup", "8:pids:/\n4:memory:/app/one\n0::/\n");
        _root.Write("sys/memory/app/one/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n");
        _root.Write("sys/memory/app/one/memory.limit_in_bytes", "1048576\n");
        _root.Write("sys/memory/app/one/memory.usage_in_bytes", "4096\n");
        Read().ShouldBe(new CgroupReading(_root.At("sys/memory/app/one"), 5, 1048576, 4096));
    }

    [Fact]
    public void Version_2_has_one_tree_and_max_means_no_limit()
    {
        _root.Write("proc/7/cgroup", "0::/app.slice\n");
        _root.Write("sys/app.slice/memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 0\n");
        _root.Write("sys/app.slice/memory.max", "max\n");
        Read().ShouldBe(new CgroupReading(_root.At("sys/app.slice"), 1, null, null));
    }

    [Fact]
    public void Inside_a_container_the_mount_is_the_group()
    {
        _root.Write("proc/7/cgroup", "4:memory:/docker/abc\n");
        _root.Write("sys/memory/memory.oom_control", "oom_kill 2\n");
        _root.Write("sys/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Read().ShouldBe(new CgroupReading(_root.At("sys/memory"), 2, null, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage\n:::\n0::\n4:memory\n")]
    public void Without_a_controller_there_is_no_reading(string text)
    {
        _root.Write("proc/7/cgroup", text);
        Read().ShouldBeNull();
        new CgroupMemory(_root.At("proc"), _root.At("sys")).Read(8).ShouldBeNull();
    }

    [Fact]
    public void This_process_has_a_reading_where_the_kernel_counts() =>
        new CgroupMemory().Read(Environment.ProcessId)?.OomKills?.ShouldBeGreaterThanOrEqualTo(0);

    private CgroupReading? Read() => new CgroupMemory(_root.At("proc"), _root.At("sys")).Read(7);
}
