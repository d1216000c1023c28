using System.Text.Json;
using System.Text.RegularExpressions;

namespace TocsinSdk.Analysis;

/// <summary>
/// One rule of the server's rule files, as far as it speaks of exceptions. Rules about signals, exit codes, standard
/// error and memory limits speak of dead processes and are left out.
/// </summary>
internal sealed class ErrorRule
{
    private static readonly TimeSpan s_matchLimit = TimeSpan.FromMilliseconds(20);
    private static readonly string[] s_ofDeaths =
        ["signals", "exitCodes", "stderr", "stderrRegex", "memoryAbove", "memoryBelow"];

    private readonly string[] _types, _message, _words, _frames, _classes;
    private readonly Regex? _messageRegex;
    private readonly bool _fallback;

    private ErrorRule(string family, JsonElement json, JsonElement when)
    {
        (Family, Id, Severity) = (family, json.GetProperty("id").GetString()!, json.GetProperty("severity").GetString()!);
        Cause = json.GetProperty("cause").GetString()!;
        Steps = Texts(json, "steps");
        (_types, _message, _words, _frames, _classes) =
            (Texts(when, "types"), Texts(when, "message"), Texts(when, "words"), Texts(when, "frames"), Texts(when, "classes"));
        _messageRegex = when.TryGetProperty("messageRegex", out var regex)
            ? new Regex(regex.GetString()!, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, s_matchLimit) : null;
        _fallback = json.TryGetProperty("fallback", out var fallback) && fallback.GetBoolean();
    }

    public string Id { get; }
    public string Family { get; }
    public string Severity { get; }
    public string Cause { get; }
    public string[] Steps { get; }

    /// <summary>Null for a rule that cannot hold for an exception somebody caught.</summary>
    public static ErrorRule? Read(string family, JsonElement json)
    {
        var when = json.GetProperty("when");
        var rule = new ErrorRule(family, json, when);
        var speaksOfErrors = rule._types.Length + rule._message.Length + rule._words.Length > 0 || rule._messageRegex is not null;
        return speaksOfErrors && !s_ofDeaths.Any(name => when.TryGetProperty(name, out _))
            && (rule._classes.Length == 0 || rule._classes.Contains("captured")) ? rule : null;
    }

    /// <summary>Points are given as the server gives them (Tocsin.Diagnosis.RuleMatch); null when the rule does not hold.</summary>
    public Match? Try(ErrorFacts facts)
    {
        Match? best = null;
        foreach (var link in facts.Chain)
            if (Try(link) is { } match && (best is null || match.Beats(best)))
                best = match;
        if (best is null)
            return null;
        if (_frames.Length > 0 && !Contains(_frames, facts.Stack))
            return null;
        var points = best.Points + (_frames.Length > 0 ? 3 : 0) + (_classes.Length > 0 ? 1 : 0);
        return best with { Points = _fallback ? 0 : points };
    }

    private Match? Try(ErrorFacts.Link link)
    {
        var type = 0;
        foreach (var pattern in _types)
            type = Math.Max(type, Weight(pattern, link));
        if (_types.Length > 0 && type == 0)
            return null;
        var phrase = _message.Length > 0;
        if (phrase && !Contains(_message, link.Message) || _words.Length > 0 && !Contains(_words, link.Message))
            return null;
        var captures = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_messageRegex is not null)
        {
            if (Capture(_messageRegex, link.Message, captures) is not { } said)
                return null;
            // One that may match nothing only picks values out.
            phrase |= said.Length > 0;
        }
        return new Match(this, link, type + (phrase ? 9 : 0) + (_words.Length > 0 ? 2 : 0), captures);
    }

    // "*Timeout" is an ending, "System.TimeoutException" a whole name, "TimeoutException" the last part.
    private static int Weight(string pattern, ErrorFacts.Link link) =>
        pattern[0] == '*' ? link.BaseName.EndsWith(pattern.AsSpan(1), StringComparison.Ordinal) ? 5 : 0
        : pattern.Contains('.') ? link.Type == pattern ? 8 : 0
        : link.BaseName == pattern ? 7 : 0;

    private static bool Contains(string[] words, string text)
    {
        foreach (var word in words)
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private static string? Capture(Regex regex, string text, Dictionary<string, string> captures)
    {
        try
        {
            var match = regex.Match(text);
            if (!match.Success)
                return null;
            foreach (Group group in match.Groups)
                if (group.Success && group.Length > 0 && !char.IsDigit(group.Name[0]))
                    captures[group.Name] = group.Value.Length > 120 ? group.Value[..120] + "…" : group.Value;
            return match.Value;
        }
        catch (RegexMatchTimeoutException)
        {
            return null; // a text the pattern chokes on says nothing
        }
    }

    private static string[] Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(static e => e.GetString()!)] : [];

    /// <summary>How the rule holds.</summary>
    public sealed record Match(ErrorRule Rule, ErrorFacts.Link Link, int Points, Dictionary<string, string> Captures)
    {
        public bool Beats(Match other) =>
            Points != other.Points ? Points > other.Points
            : Captures.Count != other.Captures.Count && Rule == other.Rule ? Captures.Count > other.Captures.Count
            : Link.Depth > other.Link.Depth;
    }
}
