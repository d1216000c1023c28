using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin query "FILTER | PIPES"`: a table, or rows as JSON lines or CSV; exits 1 when there is no row.</summary>
internal static class QueryVerb
{
    public static Command Create()
    {
        var query = new Argument<string[]>("query")
        {
            Description = "for example: 'level:error | stats count() by service | sort -count'", Arity = ArgumentArity.ZeroOrMore,
        };
        var limit = new Option<long?>("--limit", "-n") { Description = "at most so many rows (1000, of lines and CSV all)" };
        var csv = new Option<bool>("--csv") { Description = "all rows as CSV" };
        var lines = new Option<bool>("--ndjson") { Description = "all rows as JSON, one per line" };
        var explain = new Option<bool>("--explain") { Description = "say how it would be answered instead" };
        var dataset = new Option<string>("--dataset") { Description = "logs or spans", DefaultValueFactory = _ => "logs" };
        var command = new Command("query", "Filter, count and chart log records") { query, limit, csv, lines, explain, dataset };
        QueryRange range = QueryRange.AddTo(command);
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            bool stream = parsed.GetValue(csv) || parsed.GetValue(lines);
            var call = new
            {
                q = string.Join(' ', parsed.GetValue(query) ?? []), from = parsed.GetValue(range.From), to = parsed.GetValue(range.To),
                limit = parsed.GetValue(limit), explain = parsed.GetValue(explain), dataset = parsed.GetValue(dataset),
                format = parsed.GetValue(csv) ? "csv" : stream ? "ndjson" : "json",
            };
            if (stream && !call.explain)
                return await api.Copy("query", call, Console.OpenStandardOutput(), cancel) > 0 ? ExitCode.Ok : ExitCode.No;
            JsonElement answer = await api.Post("query", call, cancel);
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(answer);
            else if (call.explain)
                Console.Write(Show.Text(answer, "text"));
            else
                Print(answer);
            return call.explain || answer.GetProperty("rows").GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    internal static void Print(JsonElement answer)
    {
        JsonElement[] columns = [.. answer.GetProperty("columns").EnumerateArray()];
        Table table = Show.Table([.. columns.Select(c => Show.Safe(Show.Text(c, "name")))]);
        foreach (JsonElement row in answer.GetProperty("rows").EnumerateArray())
            table.AddRow([.. row.EnumerateArray().Select(cell => Show.Safe(Cell(cell)))]);
        AnsiConsole.Write(table);
        PrintRemarks(answer);
    }

    /// <summary>What the reader of an answer is to know besides its rows.</summary>
    internal static void PrintRemarks(JsonElement answer)
    {
        foreach (JsonElement note in answer.GetProperty("notes").EnumerateArray())
            Console.Error.WriteLine($"tocsin: {note.GetString()}");
        if (answer.GetProperty("truncated").GetBoolean())
            Console.Error.WriteLine("tocsin: there are more rows; ask for them with --limit, or for all with --ndjson or --csv");
        if (answer.GetProperty("partial").GetBoolean())
            Console.Error.WriteLine("tocsin: damaged blocks were left out");
    }

    private static string Cell(JsonElement cell) => cell.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => cell.GetString()!,
        _ => cell.GetRawText(),
    };
}

/// <summary>--from and --to, as every verb that searches has them.</summary>
internal sealed record QueryRange(Option<string> From, Option<string> To)
{
    public static QueryRange AddTo(Command command)
    {
        var range = new QueryRange(
            new Option<string>("--from") { Description = "start: -15m, -24h, -7d or an ISO time", DefaultValueFactory = _ => "-24h" },
            new Option<string>("--to") { Description = "end: now or an ISO time", DefaultValueFactory = _ => "now" });
        command.Options.Add(range.From);
        command.Options.Add(range.To);
        return range;
    }
}
