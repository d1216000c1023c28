using System.Text.Json;
using TocsinSdk.Analysis;
using TocsinSdk.Debugging;
using TocsinSdk.Logging;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Debugging;

/// <summary>
/// The errors of the last time as JSON: those that were logged, one entry for each kind, then those that were only
/// reported with CaptureException. Each with what the rules say about it and the circumstances noted in development.
/// </summary>
internal sealed class ErrorList(ProcessRun run)
{
    public void Write(Utf8JsonWriter json)
    {
        var captured = run.Errors.Recent.Newest();
        var known = new HashSet<(string?, string?)>();
        json.WriteStartObject();
        json.WriteStartArray("errors");
        foreach (var group in run.Debugging.Errors.Read())
        {
            known.Add((group.ErrorType, group.Exception is { } e ? ExceptionJson.MessageOf(e, run.Redactor) : null));
            Write(json, group, captured);
        }
        foreach (var error in captured)
            if (known.Add((error.Type, error.Message)))
                Write(json, error);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ErrorGroup group, IReadOnlyList<RecentError> captured)
    {
        var id = ReportedErrors.IdOf(group.Exception);
        json.WriteStartObject();
        Head(json, group.ErrorType, id, group.Count, group.First, group.Last);
        if (group.Exception is { } exception && run.Analyzer.Analyze(exception) is { } analysis)
            Analysis(json, analysis);
        if (id is not null && captured.FirstOrDefault(c => c.Id == id) is { } found)
            Circumstances(json, found);
        json.WritePropertyName("record");
        json.WriteRawValue(group.Newest.Json.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RecentError error)
    {
        json.WriteStartObject();
        Head(json, error.Type, error.Id, 1, error.Time, error.Time);
        if (error.Analysis is { } analysis)
            Analysis(json, analysis);
        Circumstances(json, error);
        json.WriteStartObject("record");
        json.WriteString("timestamp", error.Time.UtcDateTime);
        json.WriteString("level", "ERROR");
        json.WriteString("logger", "Tocsin.CaptureException");
        json.WriteString("message", error.Message);
        json.WriteStartObject("exception");
        json.WriteString("type", error.Type);
        json.WriteString("message", error.Message);
        json.WriteStartArray("frames");
        foreach (var line in (error.Stack ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            json.WriteStringValue(line.StartsWith("at ", StringComparison.Ordinal) ? line[3..] : line);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("trace_id", error.TraceId);
        json.WriteString("request_id", error.RequestId);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Head(
        Utf8JsonWriter json, string? type, string? id, long count, DateTimeOffset first, DateTimeOffset last)
    {
        json.WriteString("error_type", type);
        json.WriteString("crash_id", id);
        json.WriteNumber("count", count);
        json.WriteString("first_seen", first.UtcDateTime);
        json.WriteString("last_seen", last.UtcDateTime);
    }

    private static void Analysis(Utf8JsonWriter json, ErrorAnalysis analysis)
    {
        json.WriteStartObject("analysis");
        json.WriteString("category", analysis.Category);
        json.WriteString("severity", analysis.Severity);
        json.WriteString("cause", analysis.Cause);
        json.WriteString("rule", analysis.Rule);
        json.WriteStartArray("suggestions");
        foreach (var suggestion in analysis.Suggestions)
            json.WriteStringValue(suggestion);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Circumstances(Utf8JsonWriter json, RecentError error)
    {
        json.WriteStartObject("circumstances");
        foreach (var (name, value) in error.Circumstances)
            json.WriteString(name, value);
        json.WriteEndObject();
    }
}
