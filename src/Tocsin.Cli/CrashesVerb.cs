using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin crashes` lists groups; `tocsin crashes show ID` tells everything about one.</summary>
internal static class CrashesVerb
{
    public static Command Create()
    {
        var query = new Option<string?>("--query", "-q") { Description = "words in title, type or message" };
        var service = new Option<string?>("--service") { Description = "only this service" };
        var limit = new Option<int>("--limit", "-n") { Description = "at most so many groups", DefaultValueFactory = _ => 30 };
        var list = new Command("list", "List crash groups, latest first") { query, service, limit };
        ApiClient.Attach(list, List);
        var command = new Command("crashes", "Crash groups and their diagnosis") { list, CreateShow() };
        command.Options.Add(query);
        command.Options.Add(service);
        command.Options.Add(limit);
        ApiClient.Attach(command, List);
        return command;

        async Task<int> List(ParseResult parsed, ApiClient api, CancellationToken cancel)
        {
            JsonElement found = await api.Get($"crashes?limit={parsed.GetValue(limit)}&q={LogsVerb.Escape(parsed.GetValue(query) ?? "")}"
                + (parsed.GetValue(service) is { } s ? $"&service={LogsVerb.Escape(s)}" : ""), cancel);
            JsonElement items = found.GetProperty("items");
            if (parsed.GetValue(ApiClient.Json))
            {
                Show.Json(found);
            }
            else
            {
                Table table = Show.Table("ID", "STATE", "CLASS", "COUNT", "USERS", "LAST SEEN", "SERVICE", "WHAT");
                foreach (JsonElement g in items.EnumerateArray())
                    table.AddRow(Show.Cell(g, "id"), Show.Cell(g, "state"), Show.Cell(g, "class"), Show.Cell(g, "count"), Show.Cell(g, "users"),
                        Show.Ago(Show.Text(g, "lastSeen")), Show.Cell(g, "service"), Show.Cell(g, "title"));
                AnsiConsole.Write(table);
                if (items.GetArrayLength() == 0)
                    Console.Error.WriteLine("tocsin: no crashes");
            }
            return items.GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
        }
    }

    private static Command CreateShow()
    {
        var id = new Argument<long>("id") { Description = "number of the group" };
        var show = new Command("show", "Everything about one crash group") { id };
        ApiClient.Attach(show, async (parsed, api, cancel) =>
        {
            JsonElement found = await api.Get($"crashes/{parsed.GetValue(id)}", cancel);
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(found);
            else
                Print(found);
            return ExitCode.Ok;
        });
        return show;
    }

    private static void Print(JsonElement found)
    {
        JsonElement group = found.GetProperty("group"), latest = found.GetProperty("latest");
        AnsiConsole.MarkupLine($"[bold]{Show.Cell(group, "title")}[/]");
        AnsiConsole.MarkupLine($"{Show.Cell(group, "message")}");
        AnsiConsole.MarkupLine($"[grey]{Show.Cell(group, "class")} · {Show.Cell(group, "state")} · {Show.Cell(group, "count")} times · "
            + $"{Show.Cell(group, "users")} users · first {Show.Ago(Show.Text(group, "firstSeen"))}, last {Show.Ago(Show.Text(group, "lastSeen"))}[/]");
        AnsiConsole.MarkupLine($"[grey]latest {Show.Cell(latest, "crashId")} on {Show.Cell(latest, "host")}[/]");
        if (found.TryGetProperty("diagnosis", out JsonElement diagnosis) && diagnosis.ValueKind == JsonValueKind.Object)
        {
            AnsiConsole.MarkupLine($"\n[bold]Likely cause[/] ({Show.Cell(diagnosis, "family")}, rule {Show.Cell(diagnosis, "rule")})");
            AnsiConsole.MarkupLine(Show.Cell(diagnosis, "likelyCause"));
            foreach (JsonElement step in diagnosis.GetProperty("nextSteps").EnumerateArray())
                AnsiConsole.MarkupLine($"  → {Show.Safe(step.GetString()!)}");
        }
        if (latest.TryGetProperty("exception", out JsonElement exception))
            PrintException(exception, "");
        foreach (JsonElement evidence in latest.GetProperty("evidence").EnumerateArray())
            AnsiConsole.MarkupLine($"[grey]{Show.Cell(evidence, "source")}: {Show.Cell(evidence, "detail")}[/]");
    }

    private static void PrintException(JsonElement exception, string lead)
    {
        AnsiConsole.MarkupLine($"\n{lead}[red]{Show.Cell(exception, "type")}[/]: {Show.Cell(exception, "message")}");
        if (exception.TryGetProperty("frames", out JsonElement frames))
        {
            foreach (JsonElement frame in frames.EnumerateArray().Take(20))
                AnsiConsole.MarkupLine($"   at {Show.Cell(frame, "method")} [grey]{Show.Cell(frame, "file")} {Show.Cell(frame, "line")}[/]");
        }
        if (exception.TryGetProperty("inner", out JsonElement inner))
        {
            foreach (JsonElement cause in inner.EnumerateArray())
                PrintException(cause, "caused by ");
        }
    }
}
