using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tocsin.Model;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Answers;
using Tocsin.Query.Expressions;
using Tocsin.Query.Pipes;
using Tocsin.Testing;
using Tocsin.Testing.Processes;

namespace Tocsin.Query.Tests.Guide;

/// <summary>Every query on the guide's page answers what the page says, on the records that the page shows.</summary>
public sealed partial class QueryPageTests
{
    private static readonly string s_page =
        File.ReadAllText(Path.Combine(Repository.Root, "docs/guide/query.md")).ReplaceLineEndings("\n");

    public static TheoryData<string, string> Examples()
    {
        var examples = new TheoryData<string, string>();
        foreach (Match block in QueryBlock().Matches(s_page))
        {
            string[] lines = block.Groups[1].Value.Trim('\n').Split('\n', 2);
            examples.Add(lines[0], lines.Length > 1 ? lines[1] : "");
        }
        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_answers_what_the_page_says(string query, string table)
    {
        using var desk = new QueryDesk(Records());
        TableSink found = desk.Run(query);
        string[][] rows = [[.. found.Names], .. found.Rows.Select(r => r.Select(QueryDesk.Show).ToArray())];
        string[][] want = [.. table.Split('\n').Select(line => Gap().Split(line.TrimEnd()))];
        string.Join('\n', rows.Select(r => string.Join("  ", r))).ShouldBe(string.Join('\n', want.Select(r => string.Join("  ", r))), query);
    }

    [Fact]
    public void Every_pipe_and_function_has_an_example()
    {
        string all = string.Join('\n', Examples().Select(e => e.Data.Item1));
        PipeTable.All.Where(p => !Regex.IsMatch(all, $@"\| {p.Verb}\b")).Select(p => p.Verb).ShouldBeEmpty();
        FunctionTable.All.Where(f => !Regex.IsMatch(all, $@"\b{f.Name}\(")).Select(f => f.Name).ShouldBeEmpty();
        AggregateTable.Names.Where(f => !Regex.IsMatch(all, $@"\b{f}\(")).ShouldBeEmpty();
    }

    private static SomeLog[] Records() => [.. DataBlock().Match(s_page).Groups[1].Value.Trim('\n').Split('\n').Select(Record)];

    private static SomeLog Record(string line)
    {
        Dictionary<string, JsonElement> fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(line)!;
        string Take(string name) => fields.Remove(name, out JsonElement value) ? value.GetString()! : "";
        DateTimeOffset time = DateTimeOffset.Parse($"2026-03-14T{Take("time")}Z", CultureInfo.InvariantCulture);
        return new SomeLog(Take("message"), Instant.From(time))
        {
            Severity = Severity.Parse(Take("level"))!.Value, Service = Take("service"), Host = Take("host"),
            TraceId = Convert.FromHexString(Take("trace")),
            Attributes = [.. fields.Select(f => (f.Key, f.Value.ValueKind == JsonValueKind.Number ? (object?)f.Value.GetInt64() : f.Value.GetString()))],
        };
    }

    [GeneratedRegex(@"```query\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex QueryBlock();

    [GeneratedRegex(@"```jsonl\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex DataBlock();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();
}
