using System.CommandLine;
using System.Text.Json;

namespace Tocsin.Cli;

/// <summary>`tocsin tail QUERY`: records as they arrive, until Ctrl-C.</summary>
internal static class TailVerb
{
    public static Command Create()
    {
        var query = new Argument<string[]>("query") { Description = "only what matches", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("tail", "Follow log records as they arrive") { query };
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            bool json = parsed.GetValue(ApiClient.Json);
            await foreach ((string name, string data) in
                           api.Events($"logs/tail?q={LogsVerb.Escape(string.Join(' ', parsed.GetValue(query) ?? []))}", cancel))
            {
                using var item = JsonDocument.Parse(data);
                if (name == "skipped")
                    await Console.Error.WriteLineAsync($"tocsin: {Show.Text(item.RootElement, "count")} records skipped, the terminal is too slow");
                else if (name == "log" && json)
                    Console.WriteLine(data);
                else if (name == "log")
                    LogsVerb.PrintOne(item.RootElement);
            }
            return ExitCode.Ok;
        });
        return command;
    }
}
