using System.CommandLine;
using System.Text.Json;

namespace Tocsin.Cli;

/// <summary>`tocsin fields FILTER`: the fields that records have, and their most frequent values.</summary>
internal static class FieldsVerb
{
    public static Command Create()
    {
        var query = new Argument<string[]>("filter") { Description = "only records that match", Arity = ArgumentArity.ZeroOrMore };
        var top = new Option<int>("--top", "-n") { Description = "so many values per field", DefaultValueFactory = _ => 5 };
        var field = new Option<string[]>("--field") { Description = "only this field; may be repeated" };
        var command = new Command("fields", "The fields of log records and their most frequent values") { query, top, field };
        QueryRange range = QueryRange.AddTo(command);
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            string filter = string.Join(' ', parsed.GetValue(query) ?? []);
            string names = string.Join(", ", (parsed.GetValue(field) ?? []).Select(f => $"`{f.Replace("`", "``")}`"));
            JsonElement answer = await api.Post("query", new
            {
                q = $"{filter} | facets {parsed.GetValue(top)} {names}", from = parsed.GetValue(range.From), to = parsed.GetValue(range.To),
                limit = 10_000,
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
