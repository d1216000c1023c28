using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Logs;

/// <summary>
/// The search language for logs and spans: Lucene words. Words side by side mean AND; see docs/guide/query.md.
/// </summary>
public static class LogQuery
{
    /// <summary>Longest text that is parsed; people type less, and a rule file that needs more is a mistake.</summary>
    public const int MaxLength = 10_000;

    /// <summary>Never throws on bad text. Empty text matches everything.</summary>
    public static LogQueryResult Parse(string text)
    {
        if (text.Length > MaxLength)
            return LogQueryResult.Wrong(MaxLength, $"at most {MaxLength} characters", "the query is too long");
        try
        {
            var scanner = new LogQueryScanner(text);
            Filter filter = new LogQueryParser(scanner).Parse();
            if (!scanner.AtEnd)
                throw scanner.Wrong("a filter without pipes");
            return new LogQueryResult(filter.ToPredicate(), null);
        }
        catch (LogQueryException error)
        {
            return new LogQueryResult(null, error.Error);
        }
    }
}

/// <summary>A predicate, or what is wrong with the text; exactly one of the two.</summary>
public sealed record LogQueryResult(Predicate? Predicate, LogQueryError? Error)
{
    internal static LogQueryResult Wrong(int position, string expected, string message) =>
        new(null, new LogQueryError(position, expected, message));
}

/// <param name="Position">Index of the character at which the text went wrong; the length when it ended too
/// early.</param>
/// <param name="Expected">What would have been right there, for example "a value after 'service:'".</param>
/// <param name="Message">One sentence for people, with position and expectation.</param>
public sealed record LogQueryError(int Position, string Expected, string Message);

/// <summary>Leaves the recursive descent; caught once, in <see cref="LogQuery.Parse"/>.</summary>
internal sealed class LogQueryException(int position, string expected, string found)
    : Exception($"expected {expected} but found {found} at position {position + 1}")
{
    public LogQueryError Error => new(position, expected, Message);
}
