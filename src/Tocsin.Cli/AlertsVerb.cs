using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin alerts`: list, show, ack, resolve, suppress.</summary>
internal static class AlertsVerb
{
    private static readonly Argument<long[]> s_ids = new("id") { Description = "numbers of the alerts", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> s_by = new("--by") { Description = "who does it", DefaultValueFactory = _ => Environment.UserName };
    private static readonly Option<string?> s_notes = new("--notes", "-m") { Description = "why, or what was done" };

    public static Command Create()
    {
        var status = new Option<string>("--status")
        {
            Description = "ACTIVE, ACKNOWLEDGED, SUPPRESSED, RESOLVED, EXPIRED, comma-separated, or all",
            DefaultValueFactory = _ => "ACTIVE,ACKNOWLEDGED,SUPPRESSED",
        };
        var limit = new Option<int>("--limit", "-n") { Description = "at most so many", DefaultValueFactory = _ => 50 };
        var list = new Command("list", "List alerts") { status, limit };
        ApiClient.Attach(list, List);
        var duration = new Option<string>("--for") { Description = "how long: 30m, 2h, 1d", DefaultValueFactory = _ => "1h" };
        Command suppress = Act("suppress", "Stay quiet about alerts for a while", "suppress", duration);
        var command = new Command("alerts", "Alerts: list, acknowledge, resolve, suppress")
        {
            list, CreateShow(), Act("ack", "Acknowledge: somebody works on it", "acknowledge"), Act("resolve", "Resolve: it is fixed", "resolve"), suppress,
        };
        command.Options.Add(status);
        command.Options.Add(limit);
        ApiClient.Attach(command, List);
        return command;

        async Task<int> List(ParseResult parsed, ApiClient api, CancellationToken cancel)
        {
            string wanted = parsed.GetValue(status)!;
            JsonElement found = await api.Get($"alerts?limit={parsed.GetValue(limit)}"
                + (wanted.Equals("all", StringComparison.OrdinalIgnoreCase) ? "" : $"&status={LogsVerb.Escape(wanted.ToUpperInvariant())}"), cancel);
            JsonElement items = found.GetProperty("items");
            if (parsed.GetValue(ApiClient.Json))
            {
                Show.Json(found);
            }
            else
            {
                Table table = Show.Table("ID", "STATUS", "PRIORITY", "COUNT", "SINCE", "RESOURCE", "TITLE");
                foreach (JsonElement a in items.EnumerateArray())
                    table.AddRow(Show.Cell(a, "id"), Show.Cell(a, "status"), Show.Priority(Show.Text(a, "priority")), Show.Cell(a, "count"),
                        Show.Ago(Show.Text(a, "startsAt")), Show.Cell(a, "resource"), Show.Cell(a, "title"));
                AnsiConsole.Write(table);
                if (items.GetArrayLength() == 0)
                    Console.Error.WriteLine("tocsin: no alerts in these states");
            }
            return items.GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
        }
    }

    private static Command Act(string name, string description, string action, Option<string>? duration = null)
    {
        var command = new Command(name, description) { s_ids, s_by, s_notes };
        if (duration is not null)
            command.Options.Add(duration);
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            foreach (long id in parsed.GetValue(s_ids)!)
            {
                JsonElement done = await api.Post($"alerts/{id}/{action}", new
                {
                    by = parsed.GetValue(s_by), notes = parsed.GetValue(s_notes), reason = parsed.GetValue(s_notes),
                    @for = duration is null ? null : parsed.GetValue(duration),
                }, cancel);
                if (parsed.GetValue(ApiClient.Json))
                    Show.Json(done);
                else
                    Console.WriteLine($"{id}: {Show.Text(done.GetProperty("alert"), "status")}");
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command CreateShow()
    {
        var id = new Argument<long>("id") { Description = "number of the alert" };
        var show = new Command("show", "Everything about one alert") { id };
        ApiClient.Attach(show, async (parsed, api, cancel) =>
        {
            JsonElement found = await api.Get($"alerts/{parsed.GetValue(id)}", cancel);
            if (parsed.GetValue(ApiClient.Json))
            {
                Show.Json(found);
                return ExitCode.Ok;
            }
            JsonElement alert = found.GetProperty("alert");
            AnsiConsole.MarkupLine($"[bold]{Show.Cell(alert, "title")}[/]  {Show.Priority(Show.Text(alert, "priority"))} {Show.Cell(alert, "status")}");
            AnsiConsole.MarkupLine(Show.Cell(alert, "message"));
            foreach (JsonElement step in alert.GetProperty("recommendations").EnumerateArray())
                AnsiConsole.MarkupLine($"  → {Show.Safe(step.GetString()!)}");
            foreach (JsonElement change in found.GetProperty("history").EnumerateArray())
                AnsiConsole.MarkupLine($"[grey]{Show.Cell(change, "time")}[/] {Show.Cell(change, "action")} by {Show.Cell(change, "by")} {Show.Cell(change, "notes")}");
            foreach (JsonElement sent in found.GetProperty("notifications").EnumerateArray())
                AnsiConsole.MarkupLine($"[grey]{Show.Cell(sent, "at")}[/] {Show.Cell(sent, "channel")}: {Show.Cell(sent, "reason")} {Show.Cell(sent, "state")} {Show.Cell(sent, "lastAnswer")}");
            return ExitCode.Ok;
        });
        return show;
    }
}
