using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin levels`: which log levels running services are to take; list, set, clear.</summary>
internal static class LevelsVerb
{
    private static readonly Argument<string> s_service = new("service") { Description = "name of the service" };
    private static readonly Option<string?> s_environment = new("--environment", "-e") { Description = "only in this environment" };
    private static readonly Option<string> s_by = new("--by") { Description = "who does it", DefaultValueFactory = _ => Environment.UserName };
    private static readonly Option<string?> s_notes = new("--notes", "-m") { Description = "why" };

    public static Command Create()
    {
        var service = new Option<string?>("--service") { Description = "only this service" };
        var list = new Command("list", "List the levels that hold and who asks for them") { service };
        ApiClient.Attach(list, List);
        var command = new Command("levels", "Log levels of running services: list, set, clear") { list, CreateSet(), CreateClear() };
        command.Options.Add(service);
        ApiClient.Attach(command, List);
        return command;

        async Task<int> List(ParseResult parsed, ApiClient api, CancellationToken cancel)
        {
            JsonElement found = await api.Get("levels" + (parsed.GetValue(service) is { } s ? $"?service={LogsVerb.Escape(s)}" : ""), cancel);
            bool any = found.GetProperty("items").GetArrayLength() > 0;
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(found);
            else
                Print(found, any);
            return any ? ExitCode.Ok : ExitCode.No;
        }
    }

    private static Command CreateSet()
    {
        var category = new Argument<string>("category") { Description = "beginning of the names of loggers; Default for all" };
        var level = new Argument<string>("level") { Description = "trace, debug, information, warning, error, critical or none" };
        var duration = new Option<string?>("--for")
        {
            Description = "how long: 15m, 2h, at most 24h (default: trace and debug 24h, others until they are cleared)",
        };
        var set = new Command("set", "Set the level of a category") { s_service, category, level, duration, s_environment, s_by, s_notes };
        ApiClient.Attach(set, async (parsed, api, cancel) =>
        {
            JsonElement done = await api.Post("levels", new
            {
                service = parsed.GetValue(s_service), category = parsed.GetValue(category), level = parsed.GetValue(level),
                @for = parsed.GetValue(duration), environment = parsed.GetValue(s_environment), by = parsed.GetValue(s_by),
                notes = parsed.GetValue(s_notes),
            }, cancel);
            JsonElement held = done.GetProperty("level");
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(done);
            else
                Console.WriteLine($"{Show.Text(held, "service")} {Show.Text(held, "category")}: {Show.Text(held, "level")} until {Until(held)}");
            return ExitCode.Ok;
        });
        return set;
    }

    private static Command CreateClear()
    {
        var category = new Argument<string?>("category")
        {
            Description = "the category; all of the service when left out", Arity = ArgumentArity.ZeroOrOne,
        };
        var clear = new Command("clear", "Take levels back: as configured again") { s_service, category, s_environment, s_by, s_notes };
        ApiClient.Attach(clear, async (parsed, api, cancel) =>
        {
            JsonElement done = await api.Post("levels/clear", new
            {
                service = parsed.GetValue(s_service), category = parsed.GetValue(category), environment = parsed.GetValue(s_environment),
                by = parsed.GetValue(s_by), notes = parsed.GetValue(s_notes),
            }, cancel);
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(done);
            else
                Console.WriteLine($"{Show.Text(done, "cleared")} cleared");
            return ExitCode.Ok;
        });
        return clear;
    }

    private static void Print(JsonElement found, bool any)
    {
        if (any)
        {
            Table table = Show.Table("SERVICE", "ENVIRONMENT", "CATEGORY", "LEVEL", "UNTIL", "BY", "NOTES");
            foreach (JsonElement l in found.GetProperty("items").EnumerateArray())
                table.AddRow(Show.Cell(l, "service"), Show.Cell(l, "environment"), Show.Cell(l, "category"), Show.Cell(l, "level"),
                    Show.Safe(Until(l)), Show.Cell(l, "setBy"), Show.Cell(l, "notes"));
            AnsiConsole.Write(table);
        }
        else
        {
            Console.Error.WriteLine("tocsin: no levels are set");
        }
        foreach (JsonElement l in found.GetProperty("listeners").EnumerateArray())
            AnsiConsole.MarkupLine($"[grey]{Show.Cell(l, "service")} {Show.Cell(l, "environment")}: {Show.Cell(l, "upToDate")} of "
                + $"{Show.Cell(l, "processes")} processes have what is set[/]");
        if (found.GetProperty("listeners").GetArrayLength() == 0)
            AnsiConsole.MarkupLine("[grey]no process has asked within the last minute[/]");
    }

    private static string Until(JsonElement level) => DateTimeOffset.TryParse(Show.Text(level, "expiresAt"), out DateTimeOffset end)
        ? $"{end.ToLocalTime():yyyy-MM-dd HH:mm:ss}"
        : "it is cleared";
}
