using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Model;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Server.Configuration;

namespace Tocsin.Server.Api;

/// <summary>/query: filter and pipes; a table as JSON, or rows as they come as JSON lines or CSV.</summary>
internal static class QueryApi
{
    /// <summary>Rows of a JSON answer, which is held in memory. Lines and CSV have no such limit.</summary>
    public const int UsualRows = 1000, MostRows = 10_000;

    private static readonly TimeSpan s_defaultRange = TimeSpan.FromMinutes(15);

    public static void Map(RouteGroupBuilder api, Parts parts)
    {
        var engine = new QueryEngine(parts.Database, parts.Clock, parts.Settings.Query.TotalMemory);
        api.MapGet("/query", (HttpContext context, string? q, string? from, string? to, long? limit, bool? explain,
                string? dataset, string? format, bool? partial) =>
            Answer(context, parts, engine, new QueryCall(q, from, to, limit, explain, dataset, format, partial)))
            .WithName("query").WithTags("logs").WithSummary("Filter and pipes; JSON, or application/x-ndjson and text/csv row by row")
            .Produces<QueryTable>();
        api.MapPost("/query", (HttpContext context, QueryCall call) => Answer(context, parts, engine, call))
            .WithName("queryPost").WithTags("logs").WithSummary("The same for queries too long for an address")
            .Produces<QueryTable>();
    }

    private static async Task<IResult> Answer(HttpContext context, Parts parts, QueryEngine engine, QueryCall call)
    {
        QueryTextResult parsed = QueryText.Parse(call.Q ?? "");
        if (parsed.Error is { } error)
            return Problems.BadQuery(error.Message, error.Position, error.Expected);
        if (TimeRange.TryParse(call.From, call.To, s_defaultRange, parts.Clock.GetUtcNow(), out string? wrong) is not { } range)
            return Problems.BadParameter(wrong!, wrong == "from" ? call.From : call.To, TimeRange.Expected + ", and from lies before to");
        if (DatasetOf(call.Dataset) is not { } dataset)
            return Problems.BadParameter("dataset", call.Dataset, "logs or spans is expected");
        if (call.Limit < 0)
            return Problems.BadParameter("limit", $"{call.Limit}", "a number of rows is expected");
        if (FormatOf(call.Format, context) is not { } format)
            return Problems.BadParameter("format", call.Format, "json, ndjson or csv is expected");
        QuerySettings limits = parts.Settings.Query;
        var request = new QueryRequest { Dataset = dataset, From = range.From, To = range.To, MemoryBytes = limits.Memory };
        if (call.Explain == true)
            return TypedResults.Ok(QueryExplanation.Of(parsed.Plan!, request));
        if (format == QueryFormat.Json)
        {
            long most = Math.Min(call.Limit ?? UsualRows, MostRows);
            request = request with { MaxRows = most, MaxScannedRows = limits.Rows, MaxTime = limits.Time };
            return QueryAnswer.Run(engine, parsed.Plan!, request, context.RequestAborted);
        }
        request = request with { MaxRows = call.Limit ?? long.MaxValue };
        await QueryStream.Write(context, engine, parsed.Plan!, request, format, call.Partial == true);
        return Results.Empty;
    }

    private static Dataset? DatasetOf(string? name) => name switch
    {
        null or "" or "logs" => Dataset.Logs,
        "spans" => Dataset.Spans,
        _ => null,
    };

    /// <summary>The parameter goes before the header.</summary>
    private static QueryFormat? FormatOf(string? name, HttpContext context) => name switch
    {
        "json" => QueryFormat.Json,
        "ndjson" => QueryFormat.Lines,
        "csv" => QueryFormat.Csv,
        null or "" => Accepts(context, "application/x-ndjson") ? QueryFormat.Lines
            : Accepts(context, "text/csv") ? QueryFormat.Csv
            : QueryFormat.Json,
        _ => null,
    };

    private static bool Accepts(HttpContext context, string type) =>
        context.Request.Headers.Accept.ToString().Contains(type, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What is asked; the parameters of a GET, or the body of a POST.</summary>
/// <param name="Q">Filter and pipes.</param>
/// <param name="Limit">At most so many rows.</param>
/// <param name="Explain">Say how it would be answered instead of answering.</param>
/// <param name="Dataset">logs or spans.</param>
/// <param name="Format">json, ndjson or csv; else the Accept header decides.</param>
/// <param name="Partial">Go on with lines or CSV when damaged blocks have to be left out.</param>
public sealed record QueryCall(string? Q, string? From, string? To, long? Limit, bool? Explain, string? Dataset, string? Format,
    bool? Partial);

internal enum QueryFormat
{
    Json,
    Lines,
    Csv,
}
