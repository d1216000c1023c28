using System.Globalization;
using Tocsin.Model.Crashes;

namespace Tocsin.Diagnosis;

/// <summary>What the rules look at: a crash's exceptions, frames, ending, standard error and memory, cut to safe
/// sizes.</summary>
public sealed class Evidence
{
    /// <summary>Longest text a rule reads, so that a hostile message costs a bounded time.</summary>
    internal const int MaxText = 4096;
    private const int MaxExceptions = 20, MaxFrames = 60;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Evidence(CrashRecord record, string? culprit)
    {
        Class = record.Class;
        ExitCode = record.Process.ExitCode;
        Signal = record.Process.Signal;
        Stderr = record.StderrTail is { } tail ? tail[Math.Max(0, tail.Length - MaxText)..] : "";
        MemoryUsed = record.Resources.MemoryUsageBytes ?? record.Resources.PeakWorkingSetBytes
            ?? record.Resources.WorkingSetBytes;
        MemoryLimit = record.Resources.MemoryLimitBytes;
        OomKills = record.Resources.OomKills ?? 0;
        RestartCount = record.Process.RestartCount;
        Flatten(record.Exception, 0);
        Frames = [.. record.Threads.Where(t => t.Crashed).SelectMany(t => t.Frames).Take(MaxFrames)];
        FillValues(record, culprit);
    }

    public CrashClass Class { get; }
    public int? ExitCode { get; }
    public string? Signal { get; }
    public string Stderr { get; }
    public long? MemoryUsed { get; }
    public long? MemoryLimit { get; }
    public long OomKills { get; }
    public int RestartCount { get; }

    /// <summary>The thrown exception and its causes, outermost first.</summary>
    internal List<Link> Chain { get; } = [];

    /// <summary>Frames of the crashed threads, crash site first.</summary>
    internal IReadOnlyList<CrashFrame> Frames { get; }

    /// <summary>Used memory as a share of the limit; null when either is unknown.</summary>
    internal double? MemoryShare =>
        MemoryUsed is { } used && MemoryLimit is > 0 ? (double)used / MemoryLimit.Value : null;

    /// <summary>Values that templates may name; see <see cref="Template.Known"/>.</summary>
    internal IReadOnlyDictionary<string, string> Values => _values;

    /// <param name="record">The crash; redacted, because its texts appear in the advice.</param>
    /// <param name="culprit">The method of the application that is nearest to the crash, when one is known.</param>
    public static Evidence Of(CrashRecord record, string? culprit = null) => new(record, culprit);

    internal static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.##} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB"),
    };

    private void Flatten(CrashException? exception, int depth)
    {
        if (exception is null || Chain.Count >= MaxExceptions)
            return;
        string message = exception.Message.Length > MaxText ? exception.Message[..MaxText] : exception.Message;
        Chain.Add(new Link(exception.Type, TypePattern.BaseName(exception.Type), message, depth,
            [.. exception.Frames.Take(MaxFrames)]));
        foreach (CrashException inner in exception.Inner)
            Flatten(inner, depth + 1);
    }

    private void FillValues(CrashRecord record, string? culprit)
    {
        Link? outer = Chain.FirstOrDefault();
        Set("class", Words(record.Class));
        Set("service", record.Service);
        Set("type", outer?.Type);
        Set("message", FirstLine(outer?.Message));
        Set("frame", culprit);
        Set("host", record.Host);
        Set("release", record.Release);
        Set("runtime", record.Process.Runtime);
        Set("command", record.Process.Command);
        Set("pid", record.Process.Pid?.ToString(CultureInfo.InvariantCulture));
        Set("signal", record.Process.Signal);
        Set("exitCode", record.Process.ExitCode?.ToString(CultureInfo.InvariantCulture));
        Set("memory", MemoryUsed is { } used ? Bytes(used) : null);
        Set("limit", MemoryLimit is > 0 ? Bytes(MemoryLimit.Value) : null);
        Set("heap", record.Resources.GcHeapBytes is { } heap ? Bytes(heap) : null);
        Set("threads", record.Resources.ThreadCount?.ToString(CultureInfo.InvariantCulture));
        Set("queue", record.Resources.ThreadPoolQueue?.ToString(CultureInfo.InvariantCulture));
        Set("restarts", RestartCount > 0 ? RestartCount.ToString(CultureInfo.InvariantCulture) : null);
        CrashFrame? repeated = AllFrames().FirstOrDefault(f => f.Repeated > 1);
        Set("recursive", repeated?.Method);
        Set("repeats", repeated?.Repeated.ToString(CultureInfo.InvariantCulture));
        Set("stderr", LastLine(Stderr));
        Set("traceId", record.TraceId);
        Set("activity", record.Activities.Count > 0 ? record.Activities[^1].Name : null);
    }

    internal IEnumerable<CrashFrame> AllFrames() => Chain.SelectMany(e => e.Frames).Concat(Frames);

    internal static string Words(CrashClass c) => System.Text.Json.JsonSerializer.Serialize(c).Trim('"');

    internal static string? FirstLine(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        string line = text.AsSpan().Trim().ToString().Split('\n', 2)[0].TrimEnd();
        return line.Length > 200 ? line[..200] + "…" : line;
    }

    private static string? LastLine(string text) =>
        FirstLine(text.Split('\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault());

    private void Set(string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
            _values[name] = value;
    }

    /// <summary>One exception of the chain; Depth 0 is the thrown one.</summary>
    internal sealed record Link(string Type, string BaseName, string Message, int Depth, CrashFrame[] Frames);
}
