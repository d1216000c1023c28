using System.Diagnostics;
using static Tocsin.Crashes.Tests.SomeCrash;

namespace Tocsin.Crashes.Tests;

[CollectionDefinition(nameof(CrashLoadTests), DisableParallelization = true)]
public sealed class AloneOnTheMachine;

[Collection(nameof(CrashLoadTests))]
public sealed class CrashLoadTests(ITestOutputHelper output)
{
    private static string Stack(int bug) =>
        $"A.E: no fee for {bug}\n   at Bookings.Fees.Compute{bug}(Int32 id)\n   at Bookings.Desk.Book()\n";

    [Fact]
    public async Task A_burst_is_taken_at_two_hundred_a_second_and_more()
    {
        const int crashes = 2000;
        await using var desk = new CrashDesk(TimeProvider.System);
        await desk.Accept(Thrown(Stack(0), "otlp"));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        TimeSpan worked = Environment.CpuUsage.TotalTime;
        await Parallel.ForAsync(0, crashes, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            await desk.Accept(Thrown(Stack(i % 20), "otlp") with { UserId = $"u{i % 300}",
                Time = DateTimeOffset.UtcNow }));
        double perSecond = crashes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        double perCpuSecond = crashes / (Environment.CpuUsage.TotalTime - worked).TotalSeconds;
        output.WriteLine($"{perSecond:0} crashes/s, {perCpuSecond:0} per second of CPU, {grown / 1024} KiB more in memory afterwards");
        // Other builds may run beside this test, so the rate is held per second of CPU.
        perCpuSecond.ShouldBeGreaterThan(200);
        grown.ShouldBeLessThan(20 << 20);
        desk.Groups.Sum(g => g.Count).ShouldBe(crashes + 1);
        desk.Statistics.Counts().Total.ShouldBe(crashes + 1);
    }

    [Fact]
    public async Task An_idle_inbox_answers_within_thirty_milliseconds()
    {
        await using var desk = new CrashDesk(TimeProvider.System);
        for (int i = 0; i < 30; i++)
            await desk.Accept(Thrown(Stack(i)));
        var took = new List<double>();
        for (int i = 0; i < 300; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await desk.Accept(Thrown(Stack(i % 40), "otlp"));
            took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        took.Sort();
        output.WriteLine($"p50 {took[150]:0.0} ms, p99 {took[297]:0.0} ms, worst {took[^1]:0.0} ms");
        // The bound is 30 ms on an idle machine; other builds may run beside this test.
        took[150].ShouldBeLessThan(30);
        took[297].ShouldBeLessThan(150);
    }
}
