using System.Globalization;
using System.Text.Json;

namespace TocsinSdk.Crashes;

/// <summary>One frame of a thread in a crash report.</summary>
internal readonly record struct ReportFrame(string Method, string? Module, int? IlOffset, int Repeated);

/// <summary>One thread in a crash report.</summary>
internal sealed record ReportThread(string Id, bool Crashed, string? ExceptionType, IReadOnlyList<ReportFrame> Frames);

/// <summary>
/// What the runtime's createdump wrote about a death (DOTNET_DbgEnableMiniDump, DOTNET_EnableCrashReportOnly). All its
/// values are texts, mostly hexadecimal; it has no message, no line numbers and no time.
/// </summary>
internal sealed record CrashReport(string Class, string? ExceptionType, IReadOnlyList<ReportThread> Threads)
{
    private const string ExecutionEngine = "System.ExecutionEngineException";
    private const int MaxFileBytes = 32 << 20, MaxThreads = 64;

    /// <summary>
    /// The crashed thread from its first managed frame on: above it are the runtime's own signal handlers.
    /// </summary>
    public IEnumerable<ReportFrame> CrashSite =>
        Threads.FirstOrDefault(static t => t.Crashed)?.Frames.SkipWhile(static f => f.IlOffset is null) ?? [];

    /// <summary>Null when there is none, or it cannot be read.</summary>
    public static CrashReport? OfProcess(string? dumpName, int pid, DateTimeOffset notBefore)
    {
        if (string.IsNullOrEmpty(dumpName) || Path.GetDirectoryName(Path.GetFullPath(dumpName)) is not { } folder)
            return null;
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, PatternOf(Path.GetFileName(dumpName), pid)))
                if (File.GetLastWriteTimeUtc(path) >= notBefore.UtcDateTime
                    && new FileInfo(path).Length <= MaxFileBytes)
                    return Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        return null;
    }

    /// <summary>Null when the bytes are no crash report.</summary>
    public static CrashReport? Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            if (Member(document.RootElement, "payload") is not { } payload
                || Member(payload, "threads") is not { } list)
                return null;
            var threads = new List<ReportThread>();
            foreach (var element in list.EnumerateArray())
                if (threads.Count < MaxThreads || IsTrue(element, "crashed"))
                    threads.Add(ThreadOf(element));
            var crashed = threads.Find(static t => t.Crashed);
            var code = Member(document.RootElement, "parameters") is { } parameters
                ? Text(parameters, "ExceptionType") : null;
            var type = crashed?.ExceptionType == ExecutionEngine ? "Environment.FailFast" : crashed?.ExceptionType;
            return new CrashReport(ClassOf(crashed, code), type, threads);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string ClassOf(ReportThread? crashed, string? code) => crashed?.ExceptionType switch
    {
        "System.StackOverflowException" => CrashClasses.StackOverflow,
        "System.AccessViolationException" => CrashClasses.AccessViolation,
        "System.OutOfMemoryException" or "System.InsufficientMemoryException" => CrashClasses.OutOfMemory,
        // What the runtime raises for Environment.FailFast, and for its own broken invariants.
        ExecutionEngine => CrashClasses.FailFast,
        { } => CrashClasses.Unhandled,
        null => code switch
        {
            "0x20000000" or "0x60000000" => CrashClasses.AccessViolation,
            _ => CrashClasses.NativeAbort,
        },
    };

    private static ReportThread ThreadOf(JsonElement thread)
    {
        var frames = new List<ReportFrame>();
        if ((Member(thread, "stack_frames") ?? Member(thread, "unmanaged_frames")) is { } list)
            Add(frames, list, repeated: 1);
        return new ReportThread(
            Text(thread, "native_thread_id") ?? "", IsTrue(thread, "crashed"),
            Text(thread, "managed_exception_type"), frames);
    }

    private static void Add(List<ReportFrame> frames, JsonElement list, int repeated)
    {
        foreach (var frame in list.EnumerateArray())
        {
            if (frames.Count >= StackText.MaxFrames)
                return;
            if (Member(frame, "repeated_frames") is { } folded)
                Add(frames, folded, Number(Text(frame, "repeated")) ?? 1);
            else if ((Text(frame, "method_name") ?? Text(frame, "unmanaged_name")) is { } method)
                frames.Add(new ReportFrame(
                    method, Text(frame, "filename") ?? Text(frame, "native_module"),
                    Number(Text(frame, "il_offset")), repeated));
        }
    }

    // "%p" is the pid; the other placeholders (time, executable, host) are not known here.
    private static string PatternOf(string name, int pid)
    {
        var pattern = name.Replace("%p", pid.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        for (var at = pattern.IndexOf('%'); at >= 0 && at + 1 < pattern.Length; at = pattern.IndexOf('%', at + 1))
            pattern = pattern[..at] + (pattern[at + 1] == '%' ? "%" : "*") + pattern[(at + 2)..];
        return pattern + ".crashreport.json";
    }

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement of, string name) => Member(of, name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    private static bool IsTrue(JsonElement of, string name) => Member(of, name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.String } text => text.ValueEquals("true"),
        _ => false,
    };

    private static int? Number(string? text)
    {
        if (text is null)
            return null;
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? int.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex)
                ? hex : null
            : int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
