using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Logging.Files;

/// <summary>Counts the records that found no room, by level, and words the line that says so.</summary>
internal sealed class DropCount(TimeProvider clock)
{
    private const int Levels = (int)LogLevel.Critical + 1;

    private static readonly string[] s_names = ["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

    private static readonly Counter<long> s_dropped = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.logs.dropped", "{record}", "Log records that no file took, by level and reason.");

    private readonly long[] _dropped = new long[Levels], _told = new long[Levels];

    public long Total => _dropped.Sum();

    public void Count(LogLevel level, string reason)
    {
        Interlocked.Increment(ref _dropped[(int)level]);
        s_dropped.Add(1, new KeyValuePair<string, object?>("level", s_names[(int)level]),
            new KeyValuePair<string, object?>("reason", reason));
    }

    /// <summary>A line for the file when something was dropped since the last one; null otherwise. One thread.</summary>
    public byte[]? TakeNotice()
    {
        long sum = 0;
        var levels = new Utf8Text(128);
        for (var level = 0; level < Levels; level++)
        {
            var more = Interlocked.Read(ref _dropped[level]) - _told[level];
            if (more == 0)
                continue;
            sum += more;
            _told[level] += more;
            levels.Append($",\"{s_names[level]}\":{more}");
        }
        if (sum == 0)
            return null;
        var line = new Utf8Text(256);
        line.Append("{\"timestamp\":\""u8);
        TimeText.Append(line, clock.GetUtcNow());
        line.Append("\",\"level\":\"WARNING\",\"logger\":\"Tocsin.Logs\",\"message\":\""u8);
        line.Append(sum);
        line.Append(" log records were dropped because the queue was full\",\"properties\":{\"dropped\":"u8);
        line.Append(sum);
        line.Append(levels.Written);
        line.Append("}}\n"u8);
        return line.Written.ToArray();
    }
}
