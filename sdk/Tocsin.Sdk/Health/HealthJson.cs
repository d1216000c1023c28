using System.Globalization;
using System.Text.Json;
using TocsinSdk.Redaction;

namespace TocsinSdk.Health;

/// <summary>What the endpoints answer, as JSON; names and shapes are those of docs/guide/sdk-health.md.</summary>
internal static class HealthJson
{
    private static readonly HashSet<string> s_taken =
    [
        "status", "duration_ms", "age_seconds", "checked_at", "since", "failures", "description", "error", "tags",
        "flapping", "period_seconds", "timeout_seconds",
    ];

    /// <summary>Status and checks by name; what is said about them only in detail.</summary>
    public static void WriteReport(
        Utf8JsonWriter json, HealthReading reading, string? version, bool detailed, Redactor redactor)
    {
        json.WriteStartObject();
        WriteHead(json, reading.State.Word(), reading.Time, version);
        json.WriteString("phase"u8, reading.Phase.ToString().ToLowerInvariant());
        json.WriteStartObject("checks"u8);
        foreach (var check in reading.Checks)
        {
            json.WriteStartObject(check.Check.Name);
            json.WriteString("status"u8, check.Outcome?.State.Word() ?? "unknown");
            if (detailed && check.Outcome is { } outcome)
                WriteDetails(json, check, outcome, reading.Time, redactor);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Members status, timestamp and version of an object that has been opened.</summary>
    public static void WriteHead(Utf8JsonWriter json, string status, DateTimeOffset time, string? version)
    {
        json.WriteString("status"u8, status);
        json.WriteString("timestamp"u8, time.UtcDateTime);
        if (version is not null)
            json.WriteString("version"u8, version);
    }

    public static void WriteCrashes(Utf8JsonWriter json, IReadOnlyList<CrashEntry> crashes)
    {
        json.WriteStartObject();
        json.WriteStartArray("crashes"u8);
        foreach (var crash in crashes)
            CrashHistory.Write(json, crash);
        json.WriteEndArray();
        json.WriteNumber("total_count"u8, crashes.Count);
        json.WriteEndObject();
    }

    public static void WriteStats(Utf8JsonWriter json, IReadOnlyList<CrashEntry> crashes, DateTimeOffset now)
    {
        var lastHour = crashes.Count(c => now - c.Time < TimeSpan.FromHours(1));
        json.WriteStartObject();
        json.WriteNumber("last_hour_count"u8, lastHour);
        json.WriteNumber("last_24h_count"u8, crashes.Count(c => now - c.Time < TimeSpan.FromHours(24)));
        json.WriteNumber("total_count"u8, crashes.Count);
        json.WriteString("status"u8, lastHour == 0 ? "healthy"u8 : "degraded"u8);
        json.WriteEndObject();
    }

    private static void WriteDetails(
        Utf8JsonWriter json, CheckReading check, CheckOutcome outcome, DateTimeOffset now, Redactor redactor)
    {
        foreach (var (key, value) in outcome.Values)
            WriteValue(json, s_taken.Contains(key) ? "value_" + key : key, redactor.Redact(key, value));
        if (outcome.Description is { Length: > 0 } description)
            WriteValue(json, "description", redactor.Redact(description));
        if (outcome.Error is { } error)
            WriteValue(json, "error", redactor.Redact(error));
        json.WriteNumber("duration_ms"u8, Math.Round(outcome.Duration.TotalMilliseconds, 2));
        json.WriteString("checked_at"u8, outcome.Time.UtcDateTime);
        json.WriteNumber("age_seconds"u8, Math.Round(Math.Max(0, (now - outcome.Time).TotalSeconds), 1));
        json.WriteString("since"u8, outcome.Since.UtcDateTime);
        json.WriteNumber("failures"u8, outcome.Failures);
        if (check.Flapping)
            json.WriteBoolean("flapping"u8, true);
        json.WriteNumber("period_seconds"u8, check.Check.Period.TotalSeconds);
        json.WriteNumber("timeout_seconds"u8, check.Check.Timeout.TotalSeconds);
        json.WriteStartArray("tags"u8);
        foreach (var tag in check.Check.Tags)
            json.WriteStringValue(tag);
        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int or long or short or byte or uint or ushort:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case decimal number:
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }
    }
}
