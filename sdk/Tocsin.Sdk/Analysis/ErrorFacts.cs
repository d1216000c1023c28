using System.Globalization;
using System.Text;

namespace TocsinSdk.Analysis;

/// <summary>What the rules look at: an exception with its causes, cut to sizes that bound the time of a rule.</summary>
internal sealed class ErrorFacts
{
    private const int MaxText = 4096, MaxStack = 16 << 10, MaxExceptions = 20;

    public ErrorFacts(Exception exception) : this([], exception.StackTrace ?? "") => Add(exception, 0);

    internal ErrorFacts(List<Link> chain, string stack)
    {
        Chain = chain;
        Stack = Cut(stack, MaxStack);
        Culprit = CulpritOf(Stack);
    }

    /// <summary>The thrown exception and its causes, outermost first.</summary>
    public List<Link> Chain { get; }

    public string Stack { get; }

    /// <summary>The topmost method that is not the framework's: "Shop.Orders.Charge(Order order)"; null without one.</summary>
    public string? Culprit { get; }

    /// <summary>
    /// Alike for exceptions that deserve the same answer: types, top of the stack, and the message without its numbers.
    /// </summary>
    public string Shape()
    {
        var top = Stack.AsSpan();
        var end = top.IndexOf('\n');
        var text = $"{string.Join('<', Chain.Select(static l => l.Type))}\n{(end < 0 ? top : top[..end])}\n";
        return string.Create(CultureInfo.InvariantCulture, $"{text}{string.Join('\n', Chain.Select(Numberless))}");
    }

    // Numbers of four digits and more are ids, times and sizes; shorter ones may be what decides, as in "429".
    private static string Numberless(Link link)
    {
        var kept = new StringBuilder(Math.Min(link.Message.Length, 300));
        var digits = 0;
        foreach (var c in link.Message.AsSpan(0, Math.Min(link.Message.Length, 300)))
        {
            digits = char.IsAsciiDigit(c) ? digits + 1 : 0;
            if (digits < 4)
                kept.Append(c);
        }
        return kept.ToString();
    }

    private void Add(Exception exception, int depth)
    {
        if (Chain.Count >= MaxExceptions)
            return;
        var type = exception.GetType().FullName ?? exception.GetType().Name;
        Chain.Add(new Link(type, BaseName(type), Cut(exception.Message, MaxText), depth));
        if (exception is AggregateException { InnerExceptions: var inners })
            foreach (var inner in inners)
                Add(inner, depth + 1);
        else if (exception.InnerException is { } cause)
            Add(cause, depth + 1);
    }

    internal static string BaseName(string type)
    {
        var generic = type.IndexOfAny(['`', '[']);
        var plain = generic > 0 ? type[..generic] : type;
        return plain[(plain.LastIndexOfAny(['.', '+']) + 1)..];
    }

    private static string? CulpritOf(string stack)
    {
        foreach (var raw in stack.AsSpan().EnumerateLines())
        {
            var line = raw.Trim();
            if (!line.StartsWith("at ") || line.StartsWith("at System.") || line.StartsWith("at Microsoft."))
                continue;
            var file = line.IndexOf(") in ");
            return line[3..(file < 0 ? line.Length : file + 1)].ToString();
        }
        return null;
    }

    private static string Cut(string text, int length) => text.Length > length ? text[..length] : text;

    /// <summary>One exception; depth 0 is the thrown one.</summary>
    public sealed record Link(string Type, string BaseName, string Message, int Depth);
}
