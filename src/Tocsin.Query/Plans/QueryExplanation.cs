using System.Text;
using Tocsin.Model;
using Tocsin.Query.Execution;
using Tocsin.Query.Pipes;

namespace Tocsin.Query.Plans;

/// <summary>How a query would be answered, without answering it.</summary>
/// <param name="Query">The plan, spelled in full.</param>
/// <param name="Plan">The last pipe at the top, the scan at the bottom.</param>
/// <param name="Text">The same for people.</param>
public sealed record QueryExplanation(string Query, ExplainNode Plan, string Text)
{
    public static QueryExplanation Of(QueryPlan plan, QueryRequest request)
    {
        ExplainNode root = Tree(plan, request);
        var text = new StringBuilder();
        Print(root, 0, text);
        return new QueryExplanation(plan.ToString(), root, text.ToString());
    }

    private static ExplainNode Tree(QueryPlan plan, QueryRequest request)
    {
        (Filter filter, Items<Pipe> pipes) = Pushdown.Of(plan);
        List<Shape> shapes = [Shape.Records];
        foreach (Pipe pipe in pipes)
            shapes.Add(pipe.After(shapes[^1]));
        ExplainNode node = ScanNode.Of(filter, pipes, shapes, request);
        for (int i = 0; i < pipes.Count; i++)
        {
            string columns = string.Join(", ", shapes[i + 1].Names);
            node = new ExplainNode(pipes[i].ToString(), How(pipes, i, request) + (Pipeline.LooksBack(pipes, shapes, i) ? "; the time before is asked too, for what is new" : ""), $"columns: {columns}", [node]);
        }
        return node;
    }

    private static string How(Items<Pipe> pipes, int at, QueryRequest request)
    {
        if (at == 0 && HeaderCount.Fits(pipes[0]))
            return "from block headers where these suffice";
        if (at == 0 && ColumnFeed.Fits(pipes[0], Pipeline.LimitBehind(pipes, 0, request.MaxRows)))
            return pipes[0] is DedupPipe ? "per row at first, then from columns" : "from columns, without making rows";
        if (pipes[at] is SortPipe && Pipeline.LimitBehind(pipes, at, request.MaxRows) is { } limit)
            return $"keeps the first {limit} rows, or some more";
        return pipes[at] is LimitPipe ? "per row, stops what is in front of it"
            : pipes[at].Streams ? "per row, as rows come"
            : "keeps rows or groups until all have come";
    }

    private static void Print(ExplainNode node, int depth, StringBuilder text)
    {
        text.Append(' ', 2 * depth).Append(node.Name).Append("  [").Append(node.Runs).Append(']');
        if (node.Detail.Length > 0)
            text.Append('\n').Append(' ', 2 * depth + 4).Append(node.Detail);
        text.Append('\n');
        foreach (ExplainNode child in node.Children)
            Print(child, depth + 1, text);
    }
}

/// <summary>One step of a plan and the steps that feed it.</summary>
/// <param name="Runs">How it runs: by what blocks are left out, or what is done per row.</param>
public sealed record ExplainNode(string Name, string Runs, string Detail, IReadOnlyList<ExplainNode> Children);

/// <summary>Explains the bottom of a plan: what is left unread, and by what.</summary>
internal static class ScanNode
{
    public static ExplainNode Of(Filter filter, Items<Pipe> pipes, IReadOnlyList<Shape> shapes, QueryRequest request)
    {
        FieldUse use = Pipeline.FieldsOf(pipes, shapes);
        string order = Pipeline.IsAnyOrder(pipes) ? "in any order" : "newest first";
        string fields = use.All ? "all fields" : use.Names.Any() ? $"only {string.Join(", ", use.Names)}" : "no fields";
        return new ExplainNode(
            $"scan {request.Dataset.ToString().ToLowerInvariant()} {order}",
                "blocks outside the time range are not read",
            $"from {request.From} to {request.To}; materialises {fields}", [Of(filter)]);
    }

    private static ExplainNode Of(Filter filter) => filter switch
    {
        Both both => new ExplainNode("all of", "a block is read when every part may match", "",
            [.. both.Parts.Select(Of)]),
        Either either => new ExplainNode("one of", "a block is read when a part may match", "",
            [.. either.Parts.Select(Of)]),
        Negation not => new ExplainNode(not.ToString(), "per row; absence leaves no block out", "", []),
        _ => new ExplainNode(filter.ToString(), How(filter), "", []),
    };

    private static string How(Filter filter)
    {
        if (filter is FieldFilter { Test: not (FitsPattern or FitsRegex or IsThere) } term)
        {
            switch (Expressions.RecordParts.Named(term.Field))
            {
                case Expressions.RecordPart.Level:
                    return "by the severities of each block";
                case Expressions.RecordPart.Trace or Expressions.RecordPart.Span:
                    return "by the id filter of each block";
            }
        }
        return filter switch
        {
            Words words => ByWords(words.Text),
            FieldFilter { Test: HasWords words } => ByWords(words.Text),
            FieldFilter { Test: IsExactly exactly } => ByWords(exactly.Text),
            _ => filter == Filter.All ? "every row" : "per row",
        };
    }

    /// <summary>What may also be a number, a truth value or bytes is stored without words.</summary>
    private static string ByWords(string text)
    {
        bool other = Numeric.Parse(text) is not null || bool.TryParse(text, out _)
            || text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);
        return other || !text.Any(char.IsLetterOrDigit)
            ? "per row; it may be stored without words" : "by the word filter of each block";
    }
}
