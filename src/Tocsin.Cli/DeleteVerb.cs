using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin delete QUERY`: counts the records that match, deletes them with --yes, and keeps a journal of it.</summary>
internal static class DeleteVerb
{
    public static Command Create()
    {
        var query = new Argument<string[]>("query")
        {
            Description = "which records, for example: user:=ann; *:* for all of the range", Arity = ArgumentArity.OneOrMore,
        };
        var from = new Option<string?>("--from") { Description = "start: -7d or an ISO time (default: the beginning)" };
        var to = new Option<string?>("--to") { Description = "end: now or an ISO time (default: the end)" };
        var dataset = new Option<string>("--dataset") { Description = "logs or spans", DefaultValueFactory = _ => "logs" };
        var reason = new Option<string?>("--reason", "-m") { Description = "why; needed with --yes" };
        var by = new Option<string>("--by") { Description = "who does it", DefaultValueFactory = _ => Environment.UserName };
        var yes = new Option<bool>("--yes") { Description = "delete; without it the records are only counted" };
        var command = new Command("delete", "Delete log records by condition; without --yes, count them") { query, from, to, dataset, reason, by, yes };
        command.Subcommands.Add(CreateJournal());
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            bool dryRun = !parsed.GetValue(yes);
            JsonElement answer = await api.Post("logs/delete", new
            {
                q = string.Join(' ', parsed.GetValue(query)!), from = parsed.GetValue(from), to = parsed.GetValue(to),
                dataset = parsed.GetValue(dataset), reason = parsed.GetValue(reason), by = parsed.GetValue(by), dryRun,
            }, cancel);
            long rows = answer.GetProperty("rows").GetInt64();
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(answer);
            else
                Console.WriteLine(dryRun
                    ? $"{rows} records match; --yes and --reason delete them for good"
                    : $"{rows} records deleted (journal entry {answer.GetProperty("deletion").GetProperty("id")})");
            return rows > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    private static Command CreateJournal()
    {
        var journal = new Command("journal", "Who deleted what, when and why");
        ApiClient.Attach(journal, async (parsed, api, cancel) =>
        {
            JsonElement found = await api.Get("logs/deletions", cancel);
            if (parsed.GetValue(ApiClient.Json))
            {
                Show.Json(found);
                return ExitCode.Ok;
            }
            Table table = Show.Table("ID", "TIME", "BY", "STATE", "RECORDS", "WHAT", "REASON");
            foreach (JsonElement e in found.GetProperty("items").EnumerateArray())
                table.AddRow(Show.Cell(e, "id"), Show.Cell(e, "askedAt"), Show.Cell(e, "by"), Show.Cell(e, "state"), Show.Cell(e, "rows"),
                    Show.Safe($"{Show.Text(e, "dataset")} {Show.Text(e, "query")} {Range(e)}"), Show.Cell(e, "reason"));
            AnsiConsole.Write(table);
            return ExitCode.Ok;
        });
        return journal;
    }

    private static string Range(JsonElement entry) =>
        (Show.Text(entry, "from"), Show.Text(entry, "to")) switch
        {
            ("", "") => "",
            (string from, "") => $"from {from}",
            ("", string to) => $"to {to}",
            (string from, string to) => $"from {from} to {to}",
        };
}
