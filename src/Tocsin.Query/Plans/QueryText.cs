using Tocsin.Query.Execution;
using Tocsin.Query.Logs;
using Tocsin.Query.Pipes;

namespace Tocsin.Query.Plans;

/// <summary>The query language: Lucene words, then verbs between pipes. See docs/guide/query.md.</summary>
public static class QueryText
{
    /// <summary>Never throws on bad text. Empty text is every record.</summary>
    public static QueryTextResult Parse(string text)
    {
        if (text.Length > LogQuery.MaxLength)
            return new QueryTextResult(null, new LogQueryError(
                LogQuery.MaxLength, $"at most {LogQuery.MaxLength} characters", "the query is too long"));
        try
        {
            var words = new LogQueryScanner(text);
            Filter filter = new LogQueryParser(words).Parse();
            var scanner = new PipeScanner(text) { Position = words.Position };
            var pipes = new List<Pipe>();
            Shape shape = Shape.Records;
            while (scanner.Take('|'))
            {
                int at = scanner.Position;
                Pipe pipe = PipeTable.Parse(new PipeParser(scanner));
                if (pipe.NeedsRecords && !shape.IsOpen)
                    throw new LogQueryException(at, $"records in front of {pipe.Verb}; move it forward",
                        "computed rows");
                shape = pipe.After(shape);
                pipes.Add(pipe);
            }
            if (!scanner.AtEnd)
                throw scanner.Wrong("'|' or the end of the query");
            return new QueryTextResult(new QueryPlan(filter, [.. pipes]), null);
        }
        catch (LogQueryException error)
        {
            return new QueryTextResult(null, error.Error);
        }
    }
}

/// <summary>A plan, or what is wrong with the text; exactly one of the two.</summary>
public sealed record QueryTextResult(QueryPlan? Plan, LogQueryError? Error);
