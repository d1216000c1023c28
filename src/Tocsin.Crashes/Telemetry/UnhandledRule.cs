using System.Globalization;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Crashes.Telemetry;

/// <summary>
/// Which telemetry counts as a crash. A log record with exception.type counts when its severity is FATAL, when
/// exception.escaped is true (WARN and above), or when a framework announces with it (ERROR and above) that nobody
/// handled the exception, see <see cref="Announcements"/>, and it is no mere cancellation. A span counts when it failed, is of kind server or consumer,
/// and has an event "exception" that is not marked escaped = false; a span of another kind only with escaped = true.
/// Everything else was handled by the program and is no crash.
/// </summary>
internal static class UnhandledRule
{
    private const int Server = 2, Consumer = 5, MaxStack = 64 * 1024, MaxText = 16 * 1024;

    public static Sighting? OfLog(EventRow row)
    {
        if (row.Severity < Severity.Warn || !row.TryGet("exception.type"u8, out FieldValue type)
            || type.Payload.Length == 0)
            return null;
        bool escaped = row.TryGet("exception.escaped"u8, out FieldValue e) && IsTrue(e);
        Announcement? announced = null;
        if (row.Severity < Severity.Fatal && !escaped)
        {
            if (row.Severity < Severity.Error
                || (announced = Announcements.Find(Text(row, "@scope.name"u8), Text(row, "@body"u8))) is null
                || IsCancellation(type.ToString()))
                return null;
        }
        announced ??= Announcements.Find(Text(row, "@scope.name"u8), Text(row, "@body"u8));
        return Copy(row) with
        {
            Type = Cut(type.ToString(), 500),
            Message = Cut(Text(row, "exception.message"u8) ?? "", MaxText),
            Stack = Text(row, "exception.stacktrace"u8) is { } stack ? Cut(stack, MaxStack) : null,
            Unobserved = announced?.Unobserved == true,
            LastWord = row.Severity >= Severity.Fatal || announced?.LastWord == true,
            Because = row.Severity >= Severity.Fatal ? "A log record of severity FATAL carries the exception."
                : escaped ? "A log record says that the exception escaped."
                : $"A log record of {announced!.Source} says that nobody handled the exception.",
        };
    }

    // A host that fails to start, or stops, cancels its own work and logs that too: an echo, not a crash.
    private static bool IsCancellation(string type) =>
        type is "System.OperationCanceledException" or "System.Threading.Tasks.TaskCanceledException";

    public static Sighting? OfSpan(EventRow row)
    {
        if (row.Severity < Severity.Error || !row.TryGet(Fields.SpanEvents, out FieldValue events)
            || events.Kind != ValueKind.Array)
            return null;
        bool entry = row.TryGet(Fields.Kind, out FieldValue kind) && kind.Kind == ValueKind.Int
            && kind.AsInt is Server or Consumer;
        Sighting? last = null;
        ValueReader items = events.AsArray;
        while (items.MoveNext())
        {
            if (items.Value.Kind == ValueKind.Map && OfEvent(row, items.Value, entry) is { } sighting)
                last = sighting;
        }
        return last;
    }

    private static Sighting? OfEvent(EventRow row, FieldValue item, bool entry)
    {
        if (!FieldReader.TryGet(item.Payload, "name"u8, out FieldValue name)
            || !name.Payload.SequenceEqual("exception"u8)
            || !FieldReader.TryGet(item.Payload, "attributes"u8, out FieldValue attributes)
                || attributes.Kind != ValueKind.Map)
        {
            return null;
        }
        ReadOnlySpan<byte> map = attributes.Payload;
        if (!FieldReader.TryGet(map, "exception.type"u8, out FieldValue type) || type.Payload.Length == 0)
            return null;
        bool said = FieldReader.TryGet(map, "exception.escaped"u8, out FieldValue e);
        if (said ? !IsTrue(e) : !entry)
            return null;
        Sighting sighting = Copy(row);
        return sighting with
        {
            Time = FieldReader.TryGet(item.Payload, "time"u8, out FieldValue time) && time.Kind == ValueKind.Int
                ? new Instant(time.AsInt).ToDateTimeOffset() : sighting.Time,
            Type = Cut(type.ToString(), 500),
            Message = Cut(FieldReader.TryGet(map, "exception.message"u8, out FieldValue message) ? message.ToString()
                : "", MaxText),
            Stack = FieldReader.TryGet(map, "exception.stacktrace"u8, out FieldValue stack)
                ? Cut(stack.ToString(), MaxStack) : null,
            Because = $"The exception escaped from the failed operation \"{Cut(Text(row, Fields.Name) ?? "", 200)}\".",
        };
    }

    /// <summary>Everything but the exception.</summary>
    private static Sighting Copy(EventRow row)
    {
        var attributes = new Dictionary<string, string>();
        foreach (string name in s_kept)
        {
            if (row.TryGet(System.Text.Encoding.UTF8.GetBytes(name), out FieldValue value))
                attributes[name] = Cut(value.ToString(), 1000);
        }
        string? runtime = Text(row, "process.runtime.name"u8);
        return new Sighting
        {
            Time = row.Time.ToDateTimeOffset(),
            Type = "",
            Message = "",
            Because = "",
            Service = Text(row, "service.name"u8) is { Length: > 0 } service ? service : "unknown_service",
            TraceId = Hex(row.TraceId),
            SpanId = Hex(row.SpanId),
            Host = Text(row, "host.name"u8),
            RunId = Text(row, "service.instance.id"u8),
            Pid = int.TryParse(Text(row, "process.pid"u8), NumberStyles.None, CultureInfo.InvariantCulture,
                out int pid) ? pid : null,
            Release = Text(row, "service.version"u8),
            Environment = Text(row, "deployment.environment.name"u8) ?? Text(row, "deployment.environment"u8),
            Runtime = runtime is null ? null : $"{runtime} {Text(row, "process.runtime.version"u8)}".TrimEnd(),
            UserId = Text(row, "user.id"u8) ?? Text(row, "enduser.id"u8),
            RequestId = Text(row, "http.request.id"u8) ?? Text(row, "request.id"u8) ?? Text(row, "request_id"u8)
                ?? Text(row, "RequestId"u8),
            Attributes = attributes,
        };
    }

    private static readonly string[] s_kept =
    [
        "@scope.name", "http.request.method", "http.route", "url.path", "http.response.status_code", "messaging.system",
        "messaging.destination.name", "rpc.service", "rpc.method", "thread.name", "session.id",
    ];

    private static string? Text(EventRow row, ReadOnlySpan<byte> name) =>
        row.TryGet(name, out FieldValue value) && value.Kind != ValueKind.Null ? Cut(value.ToString(), MaxStack) : null;

    private static bool IsTrue(FieldValue value) =>
        value.AsBool || (value.Kind == ValueKind.String && value.Payload.SequenceEqual("true"u8));

    private static string? Hex(ReadOnlySpan<byte> id) => id.Length == 0 ? null : Convert.ToHexStringLower(id);

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
