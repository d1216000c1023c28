using System.Diagnostics;
using TocsinSdk.Tracking;

namespace TocsinSdk.Tests.Tracking;

/// <summary>What an operation costs when nobody listens. The limits are wide: the machine is shared.</summary>
public sealed class CostTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_operation_is_cheap_when_nobody_listens(bool cpu)
    {
        var options = new TrackingOptions { MeasureCpu = cpu };
        var operations = new Operations(() => options, TimeProvider.System);
        var (best, bytes) = (double.MaxValue, 0L);
        const int runs = 20_000;
        for (var round = 0; round < 15; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < runs; i++)
                operations.Begin("x").Dispose();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalNanoseconds / runs);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / runs;
        }
        bytes.ShouldBeLessThan(700);
        if (Environment.GetEnvironmentVariable("TOCSIN_SHOW_COST") == "1")
            Console.Error.WriteLine($"operation, CPU time {cpu}: {best:0} ns, {bytes} B");
    }
}
