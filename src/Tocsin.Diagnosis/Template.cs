using System.Text;

namespace Tocsin.Diagnosis;

/// <summary>
/// A sentence with places for evidence: "{limit}" takes the value, "{limit|its limit}" falls back to the words after
/// the
/// bar. "{{" is a brace. A sentence that lacks a value without a fallback is left out.
/// </summary>
internal sealed class Template
{
    /// <summary>Names every template may use; a rule's own regex groups come on top.</summary>
    public static readonly IReadOnlySet<string> Known = new HashSet<string>(StringComparer.Ordinal)
    {
        "class", "service", "type", "message", "frame", "host", "release", "runtime", "command", "pid", "signal",
            "exitCode",
        "memory", "limit", "heap", "threads", "queue", "restarts", "recursive", "repeats", "stderr", "traceId",
            "activity",
    };

    private readonly List<Part> _parts = [];

    private Template()
    {
    }

    /// <summary>Names used without a fallback.</summary>
    public IEnumerable<string> Required => _parts.Where(p => p is { Name: not null, Text: null }).Select(p => p.Name!);

    public IEnumerable<string> Names => _parts.Where(p => p.Name is not null).Select(p => p.Name!);

    /// <summary>Null and the error's description when the braces do not add up.</summary>
    public static Template? Parse(string text, out string? error)
    {
        var template = new Template();
        var literal = new StringBuilder();
        error = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '{')
            {
                literal.Append(text[i]);
                continue;
            }
            if (i + 1 < text.Length && text[i + 1] == '{')
            {
                literal.Append('{');
                i++;
                continue;
            }
            int end = text.IndexOf('}', i);
            if (end < 0)
            {
                error = $"'{{' at position {i} is never closed";
                return null;
            }
            string inside = text[(i + 1)..end];
            int bar = inside.IndexOf('|');
            template._parts.Add(new Part(null, literal.ToString()));
            literal.Clear();
            template._parts.Add(bar < 0 ? new Part(inside, null) : new Part(inside[..bar], inside[(bar + 1)..]));
            i = end;
        }
        template._parts.Add(new Part(null, literal.ToString()));
        return template;
    }

    /// <summary>The filled sentence; null when a value without fallback is missing.</summary>
    public string? Fill(Func<string, string?> value)
    {
        var text = new StringBuilder();
        foreach (Part part in _parts)
        {
            string? filled = part.Name is null ? part.Text : value(part.Name) ?? part.Text;
            if (filled is null)
                return null;
            text.Append(filled);
        }
        return text.ToString();
    }

    /// <param name="Name">Null for literal text.</param>
    /// <param name="Text">The literal, or the fallback.</param>
    private sealed record Part(string? Name, string? Text);
}
