using System.Diagnostics;
using System.Globalization;

namespace Tocsin.Bench.Logs;

/// <summary>What the server's process uses, from procfs, and what its folder holds.</summary>
internal sealed class ServerUsage(int pid, string data)
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system seconds since the process started.</summary>
    public double Cpu()
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11]) + double.Parse(fields[12])) / TicksPerSecond;
    }

    /// <param name="name">VmRSS, or VmHWM for the peak.</param>
    public double Megabytes(string name)
    {
        string line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(':', StringSplitOptions.TrimEntries)[1].Split(' ')[0], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>Allocated bytes of the data folder without its write-ahead log.</summary>
    public long DiskBytes()
    {
        string[] arguments = ["-s", "--block-size=1", "--exclude=wal", data];
        using Process du = Process.Start(new ProcessStartInfo("du", arguments) { RedirectStandardOutput = true })!;
        string answer = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(answer.Split('\t')[0]);
    }

    /// <summary>Waits for at least 15 s, and until the server does nothing any more.</summary>
    public async Task Settle()
    {
        const int AtLeastSeconds = 15, AtMostSeconds = 300, QuietSeconds = 3;
        double last = Cpu();
        int quiet = 0;
        for (int second = 1; second <= AtMostSeconds && (second <= AtLeastSeconds || quiet < QuietSeconds); second++)
        {
            await Task.Delay(1000);
            double now = Cpu();
            quiet = now - last < 0.05 ? quiet + 1 : 0;
            last = now;
        }
    }
}

/// <summary>What all processes of the machine use together, and its page cache.</summary>
internal static class MachineUsage
{
    /// <summary>Seconds of all cores that were not idle since the machine started.</summary>
    public static double Busy()
    {
        double[] fields = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(double.Parse)];
        return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6]) / 100;
    }

    /// <summary>Writes dirty pages and forgets the clean ones; false when this user may not.</summary>
    public static bool DropPageCache()
    {
        try
        {
            using (Process sync = Process.Start("sync"))
                sync.WaitForExit();
            File.WriteAllText("/proc/sys/vm/drop_caches", "3");
            return true;
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
