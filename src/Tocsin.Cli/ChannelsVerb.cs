using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin channels` lists them; `tocsin channels test NAME` sends a test message and shows the remote's answer.</summary>
internal static class ChannelsVerb
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "name of the channel" };
        var test = new Command("test", "Send a test message and show the remote's answer") { name };
        ApiClient.Attach(test, async (parsed, api, cancel) =>
        {
            JsonElement result = await api.Post($"channels/{LogsVerb.Escape(parsed.GetValue(name)!)}/test", new { }, cancel);
            bool ok = result.GetProperty("ok").GetBoolean();
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(result);
            else
                Console.WriteLine($"{(ok ? "sent" : "not sent")} after {Show.Text(result, "elapsedMs")} ms: {Show.Text(result, "answer")}");
            return ok ? ExitCode.Ok : ExitCode.No;
        });
        var list = new Command("list", "List channels");
        ApiClient.Attach(list, List);
        var command = new Command("channels", "Where notifications go") { list, test };
        ApiClient.Attach(command, List);
        return command;
    }

    private static async Task<int> List(ParseResult parsed, ApiClient api, CancellationToken cancel)
    {
        JsonElement found = await api.Get("channels", cancel);
        if (parsed.GetValue(ApiClient.Json))
        {
            Show.Json(found);
            return ExitCode.Ok;
        }
        Table table = Show.Table("NAME", "KIND", "LAST", "ANSWER");
        foreach (JsonElement c in found.GetProperty("items").EnumerateArray())
        {
            bool used = c.TryGetProperty("last", out JsonElement last) && last.ValueKind == JsonValueKind.Object;
            table.AddRow(Show.Cell(c, "name"), Show.Cell(c, "kind"), used ? Show.Cell(last, "state") : "never used", used ? Show.Cell(last, "answer") : "");
        }
        AnsiConsole.Write(table);
        return ExitCode.Ok;
    }
}
