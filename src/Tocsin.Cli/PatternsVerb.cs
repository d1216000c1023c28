using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin patterns FILTER`: the kinds of messages there are, most frequent first.</summary>
internal static class PatternsVerb
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    public static Command Create()
    {
        var query = new Argument<string[]>("filter") { Description = "only records that match", Arity = ArgumentArity.ZeroOrMore };
        var limit = new Option<int>("--limit", "-n") { Description = "at most so many patterns", DefaultValueFactory = _ => 30 };
        var command = new Command(
            "patterns", "Kinds of messages, numbers and ids masked, most frequent first; 'new' was not there in the equally long time before") { query, limit };
        QueryRange range = QueryRange.AddTo(command);
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            string filter = string.Join(' ', parsed.GetValue(query) ?? []);
            JsonElement answer = await api.Post("query", new
            {
                q = $"{filter} | patterns {parsed.GetValue(limit)}", from = parsed.GetValue(range.From), to = parsed.GetValue(range.To),
            }, cancel);
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(answer);
            else
                Print(answer);
            return answer.GetProperty("rows").GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    private static void Print(JsonElement answer)
    {
        string[] columns = [.. answer.GetProperty("columns").EnumerateArray().Select(c => Show.Text(c, "name"))];
        Table table = Show.Table("count", "share", "level", "first seen", "trend", "", "pattern");
        table.Columns[0].RightAligned();
        table.Columns[1].RightAligned();
        foreach (JsonElement row in answer.GetProperty("rows").EnumerateArray())
        {
            JsonElement Of(string name) => row[Array.IndexOf(columns, name)];
            table.AddRow(
                Of("count").GetRawText(), Share(Of("share").GetDouble()), Show.Level(Of("level").GetString()!), Time(Of("first").GetString()!),
                Bar([.. Of("trend").EnumerateArray().Select(c => c.GetInt64())]),
                Of("new").ValueKind == JsonValueKind.True ? "[yellow]new[/]" : "", Show.Safe(Of("pattern").GetString()!));
        }
        AnsiConsole.Write(table);
        QueryVerb.PrintRemarks(answer);
    }

    private static string Share(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Time(string time) => DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out DateTimeOffset found)
        ? found.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";

    /// <summary>One sign per part of the range; a part without any record is a dot.</summary>
    internal static string Bar(IReadOnlyList<long> counts)
    {
        long most = counts.DefaultIfEmpty().Max();
        return string.Concat(counts.Select(count => count == 0 ? '·' : Bars[(int)((Bars.Length * (Int128)count - 1) / most)]));
    }
}
