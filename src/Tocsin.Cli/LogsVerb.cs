using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

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
        var command = new Command("logs", "Search log records") { query, from, to, limit };
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            JsonElement found = await api.Get(
                $"logs?q={Escape(string.Join(' ', parsed.GetValue(query) ?? []))}&from={Escape(parsed.GetValue(from)!)}"
                + $"&to={Escape(parsed.GetValue(to)!)}&limit={parsed.GetValue(limit)}", cancel);
            JsonElement items = found.GetProperty("items");
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(found);
            else
                Print(items);
            return items.GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
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
