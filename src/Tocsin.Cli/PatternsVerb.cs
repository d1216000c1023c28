using System.CommandLine;
using System.Text.Json;

namespace Tocsin.Cli;

/// <summary>`tocsin patterns FILTER`: the kinds of messages there are, most frequent first.</summary>
internal static class PatternsVerb
{
    public static Command Create()
    {
        var query = new Argument<string[]>("filter") { Description = "only records that match", Arity = ArgumentArity.ZeroOrMore };
        var limit = new Option<int>("--limit", "-n") { Description = "at most so many patterns", DefaultValueFactory = _ => 30 };
        var command = new Command("patterns", "Kinds of messages, numbers and ids masked, most frequent first") { query, limit };
        QueryRange range = QueryRange.AddTo(command);
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            string filter = string.Join(' ', parsed.GetValue(query) ?? []);
            JsonElement answer = await api.Post("query", new
            {
                q = $"{filter} | patterns {parsed.GetValue(limit)} | fields count, share, level, pattern",
                from = parsed.GetValue(range.From), to = parsed.GetValue(range.To),
            }, cancel);
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(answer);
            else
                QueryVerb.Print(answer);
            return answer.GetProperty("rows").GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }
}
