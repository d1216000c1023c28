using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Query.Answers;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;

namespace Tocsin.Server.Api;

/// <summary>
/// The answer as one JSON document: {columns:[{name,kind}], rows:[[…]], from, to, scanned, partial, truncated, elapsedMs, notes}.
/// </summary>
internal static class QueryAnswer
{
    private const int Unprocessable = StatusCodes.Status422UnprocessableEntity;

    public static IResult Run(QueryEngine engine, QueryPlan plan, QueryRequest request, CancellationToken cancel)
    {
        var table = new TableSink();
        QueryReport report = engine.Run(plan, request, table, cancel);
        if (report.Refused is { } reason)
            return TypedResults.Problem(reason, statusCode: Unprocessable, title: "The query needs more than it may use");
        return Results.Bytes(Json(plan, table, report), "application/json; charset=utf-8");
    }

    private static ReadOnlyMemory<byte> Json(QueryPlan plan, TableSink table, QueryReport report)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, s_options);
        json.WriteStartObject();
        json.WriteString("query", plan.ToString());
        json.WriteStartArray("columns");
        foreach (TableColumn column in table.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("kind", column.Kind);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (Cell[] row in table.Rows)
        {
            json.WriteStartArray();
            foreach (Cell cell in row)
                CellJson.Write(json, cell);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        WriteReport(json, report);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The same members end a stream of lines.</summary>
    public static void WriteReport(Utf8JsonWriter json, QueryReport report)
    {
        json.WriteString("from", report.From.ToString());
        json.WriteString("to", report.To.ToString());
        json.WriteStartObject("scanned");
        json.WriteNumber("rows", report.RowsScanned);
        json.WriteNumber("bytes", report.BytesScanned);
        json.WriteNumber("segments", report.SegmentsScanned);
        json.WriteNumber("skipped", report.SegmentsSkipped);
        json.WriteNumber("badBlocks", report.BadBlocks);
        json.WriteEndObject();
        json.WriteBoolean("partial", report.Partial);
        json.WriteBoolean("truncated", report.Truncated);
        json.WriteNumber("elapsedMs", Math.Round(report.Elapsed.TotalMilliseconds, 2));
        json.WriteStartArray("notes");
        foreach (string note in report.Notes)
            json.WriteStringValue(note);
        json.WriteEndArray();
    }

    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true,
    };
}

/// <summary>What the document looks like, for its description; it is written without being made.</summary>
/// <param name="Query">The plan, spelled in full.</param>
/// <param name="Rows">One value per column.</param>
/// <param name="Notes">Sentences on what was left out, and why.</param>
public sealed record QueryTable(
    string Query, IReadOnlyList<TableColumn> Columns, IReadOnlyList<IReadOnlyList<JsonElement>> Rows, string From, string To, LogScan Scanned,
    bool Partial, bool Truncated, double ElapsedMs, IReadOnlyList<string> Notes);
