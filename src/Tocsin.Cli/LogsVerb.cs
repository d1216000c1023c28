using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using Tocsin.Query.Plans;

namespace Tocsin.Cli;

/// <summary>`tocsin logs QUERY`: search, newest first; exits 1 when nothing is found.</summary>
internal static class LogsVerb
{
    public static Command Create()
    {
        var query = new Argument<string[]>("query") { Description = "for example: level:error service:api \"connection reset\"", Arity = ArgumentArity.ZeroOrMore };
        var from = new Option<string>("--from") { Description = "start: -15m, -24h, -7d or an ISO time", DefaultValueFactory = _ => "-24h" };
        var to = new Option<string>("--to") { Description = "end: now or an ISO time", DefaultValueFactory = _ => "now" };
        var limit = new Option<int>("--limit", "-n") { Description = "at most so many records", DefaultValueFactory = _ => 50 };
        var view = new Option<string?>("--view") { Description = "a saved view instead of a query; its range counts unless --from or --to is given" };
        var command = new Command("logs", "Search log records") { query, from, to, limit, view };
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            string text = string.Join(' ', parsed.GetValue(query) ?? []), start = parsed.GetValue(from)!, end = parsed.GetValue(to)!;
            if (parsed.GetValue(view) is { } name)
            {
                if (text.Length > 0)
                    return ApiClient.Complain("--view: a saved view or a query is expected, not both", ExitCode.Usage);
                JsonElement saved = await ViewsVerb.Find(api, name, cancel);
                text = Show.Text(saved, "query");
                start = Chosen(parsed, from, saved);
                end = Chosen(parsed, to, saved);
                if (QueryText.Parse(text).Plan is { Pipes.Count: > 0 })
                    return await Answer(parsed, api, new { q = text, from = start, to = end, limit = parsed.GetValue(limit) }, cancel);
            }
            JsonElement found = await api.Get($"logs?q={Escape(text)}&from={Escape(start)}&to={Escape(end)}&limit={parsed.GetValue(limit)}", cancel);
            JsonElement items = found.GetProperty("items");
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(found);
            else
                Print(items);
            return items.GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    /// <summary>What the command line says, else the view, else what is usual.</summary>
    private static string Chosen(ParseResult parsed, Option<string> option, JsonElement view)
    {
        string kept = Show.Text(view, option.Name[2..]);
        return kept.Length > 0 && (parsed.GetResult(option) is null or { Implicit: true }) ? kept : parsed.GetValue(option)!;
    }

    private static async Task<int> Answer(ParseResult parsed, ApiClient api, object call, CancellationToken cancel)
    {
        JsonElement answer = await api.Post("query", call, cancel);
        if (parsed.GetValue(ApiClient.Json))
            Show.Json(answer);
        else
            QueryVerb.Print(answer);
        return answer.GetProperty("rows").GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
    }

    internal static string Escape(string text) => Uri.EscapeDataString(text);

    internal static void Print(JsonElement items)
    {
        // Oldest at the top, as in any log file: the end of the output is the newest.
        foreach (JsonElement item in items.EnumerateArray().Reverse())
            PrintOne(item);
        if (items.GetArrayLength() == 0)
            Console.Error.WriteLine("tocsin: nothing found in this range");
    }

    internal static void PrintOne(JsonElement item) => AnsiConsole.MarkupLine(
        $"[grey]{Show.Time(Show.Text(item, "timeNanos"))}[/] {Show.Level(Show.Text(item, "level"))} "
        + $"[cyan]{Show.Cell(item, "service")}[/] {Show.Cell(item, "body")}");
}
