using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TocsinSdk.Crashes;
using TocsinSdk.Redaction;
using TocsinSdk.Runs;

namespace TocsinSdk.Health;

/// <summary>One crash as /health/crashes tells of it.</summary>
internal sealed record CrashEntry(
    string CrashId, DateTimeOffset Time, string Class, string? ErrorType, string? ErrorMessage, string? RunId);

/// <summary>
/// The last 1000 crashes of this service on this machine: of this run, and of earlier ones that it or another run took
/// over. Kept in history.jsonl beside the runs' folders (docs/formats/crash-history.md), so that a restart forgets
/// nothing; without a disk, in memory alone. Any thread.
/// </summary>
internal sealed class CrashHistory
{
    public const int Max = 1000;
    public const string FileName = "history.jsonl";

    private const int MaxMessage = 500;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, CrashEntry> _entries = new(StringComparer.Ordinal);
    private readonly string? _path;
    private readonly Redactor _redactor;
    private bool _loaded;

    /// <param name="folder">Folder of the service's runs; null keeps the history in memory.</param>
    /// <param name="redactor">Every message passes it before it is kept.</param>
    public CrashHistory(string? folder, Redactor redactor)
    {
        _path = folder is null ? null : Path.Combine(folder, FileName);
        _redactor = redactor;
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<CrashEntry> Read()
    {
        lock (_lock)
        {
            // Again each time: other processes of the service write there too. It is read on request only.
            Load();
            return [.. _entries.Values.OrderByDescending(static e => e.Time)];
        }
    }

    public void Add(CrashFacts facts)
    {
        var exception = facts.Exception;
        Add(new CrashEntry(facts.CrashId, facts.Time, facts.Class,
            exception?.GetType().FullName ?? facts.Report?.ExceptionType,
            exception is null ? null : facts.Messages?.Of(exception), facts.Box.RunId));
    }

    /// <summary>A record as it lies in a run's folder (docs/formats/crash-record.md); what cannot be read is left out.</summary>
    public void Add(ReadOnlyMemory<byte> record)
    {
        try
        {
            using var json = JsonDocument.Parse(record);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "crashId") is not { } id
                || !root.TryGetProperty("time", out var time) || !time.TryGetDateTimeOffset(out var at))
                return;
            root.TryGetProperty("exception", out var exception);
            root.TryGetProperty("process", out var process);
            Add(new CrashEntry(id, at, Text(root, "class") ?? CrashClasses.Abnormal, Text(exception, "type"),
                Text(exception, "message"), Text(process, "runId")));
        }
        catch (JsonException)
        {
            // Half a record is the server's to refuse.
        }
    }

    public void Add(CrashEntry entry)
    {
        // An error that was caught and reported is no crash.
        if (entry.Class == CrashClasses.Captured)
            return;
        entry = entry with
        {
            ErrorMessage = entry.ErrorMessage is { } message ? Cut(_redactor.Redact(message)) : null,
        };
        lock (_lock)
        {
            Load();
            if (!_entries.TryAdd(entry.CrashId, entry))
                return;
            Trim();
            Append(Line(entry));
        }
    }

    private void Load()
    {
        if (_path is null || (_loaded && !File.Exists(_path)))
            return;
        _loaded = true;
        try
        {
            if (!File.Exists(_path))
                return;
            var lines = File.ReadAllLines(_path);
            foreach (var line in lines)
                if (Parse(line) is { } entry)
                    _entries.TryAdd(entry.CrashId, entry);
            Trim();
            if (lines.Length > 2 * Max)
                OrphanRuns.TryWrite(_path, Encoding.UTF8.GetBytes(
                    string.Concat(_entries.Values.OrderBy(static e => e.Time).Select(Line))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is in memory is what there is.
        }
    }

    private void Trim()
    {
        while (_entries.Count > Max)
            _entries.Remove(_entries.Values.MinBy(static e => e.Time)!.CrashId);
    }

    // One write at the end of the file per line: several processes do not mix theirs.
    private void Append(string line)
    {
        if (_path is null)
            return;
        try
        {
            var options = RunFolder.PrivateFile(FileMode.Append, FileAccess.Write);
            options.Share = FileShare.ReadWrite;
            using var file = new FileStream(_path, options);
            file.Write(Encoding.UTF8.GetBytes(line));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is in memory is what there is.
        }
    }

    private static string Line(CrashEntry entry)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(json, entry);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    /// <summary>The entry as an object, with the names the file and the endpoint use.</summary>
    public static void Write(Utf8JsonWriter json, CrashEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("crash_id"u8, entry.CrashId);
        json.WriteString("timestamp"u8, entry.Time.UtcDateTime);
        json.WriteString("class"u8, entry.Class);
        if (entry.ErrorType is not null)
            json.WriteString("error_type"u8, entry.ErrorType);
        if (entry.ErrorMessage is not null)
            json.WriteString("error_message"u8, entry.ErrorMessage);
        if (entry.RunId is not null)
            json.WriteString("run_id"u8, entry.RunId);
        json.WriteEndObject();
    }

    internal static CrashEntry? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object && Text(root, "crash_id") is { Length: > 0 } id
                && root.TryGetProperty("timestamp", out var time) && time.ValueKind == JsonValueKind.String
                && time.TryGetDateTimeOffset(out var at)
                ? new CrashEntry(id, at, Text(root, "class") ?? CrashClasses.Abnormal, Text(root, "error_type"),
                    Cut(Text(root, "error_message")), Text(root, "run_id"))
                : null;
        }
        catch (JsonException)
        {
            return null; // a process died in the middle of a line
        }
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Cut(string? message) =>
        message is { Length: > MaxMessage } ? string.Concat(message.AsSpan(0, MaxMessage), " …") : message;
}
