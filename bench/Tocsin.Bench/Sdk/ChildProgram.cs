using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tocsin.Bench.Sdk;

/// <summary>What <see cref="BenchChild"/> runs.</summary>
internal static class ChildProgram
{
    public static int Run(string[] arguments)
    {
        switch (arguments[0])
        {
            case "burst":
                return Burst(int.Parse(arguments[1]), int.Parse(arguments[2]));
            case "adopt":
                using (TocsinSdk.Tocsin.Init())
                    Drain();
                return 0;
            default:
                Lines(arguments[1], int.Parse(arguments[3]), arguments[4]);
                return Die(arguments[2]);
        }
    }

    private static int Burst(int records, int rate)
    {
        long dropped = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, l) =>
            {
                if (instrument.Name == "tocsin.sdk.dropped")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, items, tags, _) =>
        {
            foreach (var tag in tags)
                if (tag is { Key: "signal", Value: "logs" })
                    Interlocked.Add(ref dropped, items);
        });
        listener.Start();
        using IDisposable telemetry = TocsinSdk.Tocsin.Init(static o => o.LogLevel = LogLevel.None);
        var log = TocsinSdk.Tocsin.LoggerFactory.CreateLogger("Bench");
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < records; i++)
        {
            log.LogInformation("numbered {Number} of {Total} by {Worker}", i, records, "bench");
            // A burst of a hundredth of a second at a time.
            if (rate > 0 && i % Math.Max(1, rate / 100) == 0 && TimeSpan.FromSeconds((double)i / rate) - Stopwatch.GetElapsedTime(start) is var early && early > TimeSpan.Zero)
                Thread.Sleep(early);
        }
        double logSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Drain();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            logSeconds,
            allSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            dropped = Interlocked.Read(ref dropped),
            peakMiB = Process.GetCurrentProcess().PeakWorkingSet64 / 1024.0 / 1024,
        }));
        return 0;
    }

    private static void Drain()
    {
        long start = Stopwatch.GetTimestamp();
        while (!TocsinSdk.Tocsin.Flush(TimeSpan.FromSeconds(10)) && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(3))
            Thread.Sleep(200);
    }

    private static void Lines(string library, int lines, string file)
    {
        var log = Loggers.Of(library, file).CreateLogger("Bench");
        for (int i = 0; i < lines; i++)
            log.LogInformation("numbered {Number}", i);
    }

    private static int Die(string death)
    {
        switch (death)
        {
            case "sigkill": Process.GetCurrentProcess().Kill(); Thread.Sleep(Timeout.Infinite); break;
            case "failfast": Environment.FailFast("measured"); break;
            case "throw": throw new InvalidOperationException("measured");
            case "stackoverflow": return Overflow(0);
            case "exit": Environment.Exit(3); break;
        }
        return 0;
    }

    private static int Overflow(int depth) => Overflow(depth + 1) + 1;
}
