using System.Globalization;
using System.Text.RegularExpressions;
using Tocsin.Model.Crashes;

namespace Tocsin.Diagnosis;

/// <summary>
/// A rule that holds for some evidence. The most specific match wins: points for what the rule names (decisive class
/// 16,
/// phrase of the message 9, exception type 8 / 7 / 5 for a whole name / last part / ending, frame, standard error and
/// memory
/// 3 each, loose word of the message, signal and exit code 2 each, any other class 1; a fallback has none); then the
/// exception nearer to the root cause; then
/// the order of the files.
/// </summary>
internal sealed class RuleMatch
{
    private readonly List<string> _because = [];
    private readonly Dictionary<string, string> _captures = new(StringComparer.Ordinal);

    private RuleMatch(Rule rule) => Rule = rule;

    public Rule Rule { get; }
    public int Points { get; private set; }

    /// <summary>Depth in the exception chain of what matched; -1 when no exception was needed.</summary>
    public int Depth { get; private set; } = -1;

    public Evidence.Link? Exception { get; private set; }

    /// <summary>What in the evidence matched.</summary>
    public string Because => string.Join("; ", _because);

    /// <summary>A regex group, else what is known of the crash.</summary>
    public string? Value(string name, Evidence evidence)
    {
        if (_captures.TryGetValue(name, out string? captured))
            return captured;
        if (Exception is { } matched)
        {
            if (name == "type")
                return matched.Type;
            if (name == "message")
                return Evidence.FirstLine(matched.Message);
        }
        return evidence.Values.GetValueOrDefault(name);
    }

    /// <summary>Null when the rule does not hold.</summary>
    public static RuleMatch? Try(Rule rule, Evidence evidence)
    {
        var match = new RuleMatch(rule);
        if (!match.Ending(rule.When, evidence) || !match.Thrown(rule.When, evidence)
            || !match.Surroundings(rule.When, evidence))
            return null;
        if (rule.Fallback)
            match.Points = 0;
        return match;
    }

    public bool Beats(RuleMatch other) =>
        Points != other.Points ? Points > other.Points
        : Depth != other.Depth ? Depth > other.Depth
        : Rule.Order < other.Rule.Order;

    private bool Ending(RuleCondition when, Evidence evidence)
    {
        if (when.Classes.Count > 0)
        {
            if (!when.Classes.Contains(evidence.Class))
                return false;
            Hit(IsDecisive(evidence.Class) ? 16 : 1, $"the process ended as {Evidence.Words(evidence.Class)}");
        }
        if (when.Signals.Count > 0)
        {
            if (evidence.Signal is null || !when.Signals.Contains(evidence.Signal))
                return false;
            Hit(2, $"signal {evidence.Signal}");
        }
        if (when.ExitCodes.Count > 0)
        {
            if (evidence.ExitCode is not { } code || !when.ExitCodes.Contains(code))
                return false;
            Hit(2, $"exit code {code}");
        }
        return true;
    }

    private bool Thrown(RuleCondition when, Evidence evidence)
    {
        if (!when.NeedsException)
            return true;
        // Most telling first, then deepest: the cause says more than what wraps it.
        var best = evidence.Chain.Select(link => Telling.Try(when, link)).OfType<Telling>()
            .OrderByDescending(t => t.Points).ThenByDescending(t => t.Captures.Count).ThenByDescending(t =>
                t.Link.Depth)
            .FirstOrDefault();
        if (best is null)
            return false;
        Exception = best.Link;
        Depth = best.Link.Depth;
        Hit(best.Points, best.Because);
        foreach ((string name, string value) in best.Captures)
            _captures[name] = value;
        return true;
    }

    private bool Surroundings(RuleCondition when, Evidence evidence)
    {
        if (when.Frames.Count > 0)
        {
            CrashFrame? frame = evidence.AllFrames().FirstOrDefault(f => Find(when.Frames, f.Method) is not null);
            if (frame is null)
                return false;
            Hit(3, $"the stack passes {Short(frame.Method)}");
        }
        string? said = null;
        if (when.Stderr.Count > 0 && (said = Find(when.Stderr, evidence.Stderr)) is null)
            return false;
        if (when.StderrRegex is { } regex && (said = Capture(regex, evidence.Stderr, _captures)) is null)
            return false;
        if (said is not null)
            Hit(3, $"standard error says \"{Short(said)}\"");
        return Memory(when, evidence);
    }

    private bool Memory(RuleCondition when, Evidence evidence)
    {
        if (when.MemoryAbove is null && when.MemoryBelow is null)
            return true;
        if (evidence.MemoryShare is not { } share || share < when.MemoryAbove || share >= when.MemoryBelow)
            return false;
        Hit(3, string.Create(CultureInfo.InvariantCulture,
            $"memory {evidence.Values["memory"]} of {evidence.Values["limit"]} ({share * 100:0} %)"));
        return true;
    }

    private static string? Capture(Regex regex, string text, Dictionary<string, string> captures)
    {
        Match match;
        try
        {
            match = regex.Match(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // A text that the pattern chokes on says nothing.
            return null;
        }
        if (!match.Success)
            return null;
        foreach (Group group in match.Groups.Cast<Group>().Where(g => g.Success && g.Length > 0
            && !char.IsDigit(g.Name[0])))
            captures[group.Name] = Short(group.Value);
        return match.Value;
    }

    private void Hit(int points, string because)
    {
        Points += points;
        _because.Add(because);
    }

    private static string? Find(IReadOnlyList<string> words, string text) =>
        words.FirstOrDefault(w => text.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static string Short(string text) => text.Length > 120 ? text[..120] + "…" : text;

    /// <summary>Classes that are themselves the cause; the others only say how the end looked from outside.</summary>
    private static bool IsDecisive(CrashClass c) =>
        c is CrashClass.StackOverflow or CrashClass.OomKilled or CrashClass.OutOfMemory or CrashClass.AccessViolation;

    /// <summary>How one exception of the chain meets the condition.</summary>
    private sealed record Telling(Evidence.Link Link, int Points, string Because, Dictionary<string, string> Captures)
    {
        public static Telling? Try(RuleCondition when, Evidence.Link link)
        {
            int type = when.Types.Where(t => t.Matches(link.Type, link.BaseName)).Select(t =>
                t.Weight).DefaultIfEmpty(0).Max();
            var captures = new Dictionary<string, string>(StringComparer.Ordinal);
            string? phrase = null, word = null;
            if ((when.Types.Count > 0 && type == 0)
                || (when.Message.Count > 0 && (phrase = Find(when.Message, link.Message)) is null)
                || (when.MessageRegex is { } regex && (phrase = Capture(regex, link.Message, captures)) is null)
                || (when.Words.Count > 0 && (word = Find(when.Words, link.Message)) is null))
            {
                return null;
            }
            string place = link.Depth == 0 ? "exception" : "inner exception";
            string because = type > 0 ? $"{place} {link.Type}" : "";
            // A regex that may match nothing only picks values out.
            if ((phrase?.Length > 0 ? phrase : word) is { } said)
                because += $"{(type > 0 ? "; its" : place)} message says \"{Short(said)}\"";
            return new Telling(link, type + (phrase?.Length > 0 ? 9 : 0) + (word is null ? 0 : 2), because, captures);
        }
    }
}
