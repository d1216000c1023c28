using System.Globalization;
using System.Text.Json;
using Tocsin.Cli.Run.Stderr;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Evidence;

/// <summary>
/// What .NET's createdump wrote about a dying process: the threads and the type of the exception, no message.
/// </summary>
/// <remarks>
/// All values are strings, numbers mostly in hex. A report exists also for signals the process survived, so it never
/// counts without the wait status.
/// </remarks>
internal sealed record CrashReport(string? ExceptionType, IReadOnlyList<CrashThread> Threads)
{
    private const int MaxThreads = 64;
    private const long MaxBytes = 32 * 1024 * 1024;
    private const int MaxDepth = 32;

    public CrashThread? Crashed => Threads.FirstOrDefault(t => t.Crashed);

    /// <summary>The class that the exception type stands for; a report without one is about native code.</summary>
    public CrashClass Class => ExceptionType switch
    {
        null => CrashClass.NativeAbort,
        "System.StackOverflowException" => CrashClass.StackOverflow,
        "System.AccessViolationException" => CrashClass.AccessViolation,
        "System.OutOfMemoryException" => CrashClass.OutOfMemory,
        // FailFast has no exception of its own; the runtime puts this one in its place.
        "System.ExecutionEngineException" => CrashClass.FailFast,
        _ => CrashClass.Unhandled,
    };

    /// <summary>Reads a report file. Null when it is missing, unfinished or not a report.</summary>
    public static CrashReport? Load(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length is > 0 and < MaxBytes ? Parse(File.ReadAllBytes(path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static CrashReport? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (Member(document.RootElement, "payload") is not { } payload || Member(payload, "threads") is not { } list
                || list.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var threads = list.EnumerateArray().Select(Thread).ToList();
            var crashed = threads.Find(t => t.Crashed);
            var kept = threads.Where(t => t.Crashed).Concat(threads.Where(t => !t.Crashed)).Take(MaxThreads).ToList();
            return new CrashReport(crashed?.ExceptionType, kept);
        }
        // the latter: half a surrogate pair in a string
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static CrashThread Thread(JsonElement thread)
    {
        var id = Number(Text(thread, "native_thread_id")) is { } number
            ? number.ToString(CultureInfo.InvariantCulture)
            : "";
        var frames = Member(thread, "stack_frames") ?? Member(thread, "unmanaged_frames");
        return new CrashThread(id, Text(thread, "crashed") == "true", StackFolding.Cap(Frames(frames, 1)))
        {
            ExceptionType = Text(thread, "managed_exception_type"),
        };
    }

    private static List<CrashFrame> Frames(JsonElement? list, int repeated)
    {
        var frames = new List<CrashFrame>();
        if (list is not { ValueKind: JsonValueKind.Array } array)
        {
            return frames;
        }

        foreach (var frame in array.EnumerateArray())
        {
            if (Member(frame, "repeated_frames") is { } folded)
            {
                frames.AddRange(Frames(folded, (int)Math.Clamp(Number(Text(frame, "repeated")) ?? 1, 1, int.MaxValue)));
            }
            else if (Frame(frame) is { } single)
            {
                frames.Add(single with { Repeated = repeated });
            }
        }

        return frames;
    }

    private static CrashFrame? Frame(JsonElement frame)
    {
        var module = Text(frame, "filename") ?? Text(frame, "native_module");
        var method = Text(frame, "method_name") ?? Text(frame, "unmanaged_name");
        if (method is null && module is null)
        {
            return null;
        }

        return new CrashFrame
        {
            Method = method ?? $"{module}+{Text(frame, "native_image_offset") ?? "?"}",
            Module = module,
            IlOffset = Number(Text(frame, "il_offset")) is { } offset and <= int.MaxValue ? (int)offset : null,
        };
    }

    private static long? Number(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out var hex) && hex >= 0 ? hex : null
            : long.TryParse(text, NumberStyles.None, null, out var value) ? value : null;
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
