using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TocsinSdk.Redaction;
using TocsinSdk.Runs;

namespace TocsinSdk.Analysis;

/// <summary>
/// Finds the rule that knows an exception. The rules are the server's own files, embedded. Cheap: what looks alike is
/// looked at once, at most <see cref="PerSecond"/> new shapes a second, each for at most <see cref="s_box"/>. Any thread.
/// </summary>
internal sealed class ErrorAnalyzer(RunIdentity identity, Redactor redactor, TimeProvider clock)
{
    public const int PerSecond = 50;

    private const int MaxShapes = 512;
    private static readonly TimeSpan s_box = TimeSpan.FromMilliseconds(50);
    private static readonly Lazy<ErrorRule[]> s_rules = new(ReadRules);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ErrorRule.Match?> _known = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<Exception, ErrorAnalysis> _said = [];
    private long _second;
    private int _taken;

    internal static IReadOnlyList<ErrorRule> Rules => s_rules.Value;

    /// <summary>Null when too many different errors come at once, or the exception's own code fails.</summary>
    public ErrorAnalysis? Analyze(Exception exception)
    {
        try
        {
            var carried = ReportedErrors.Carried(exception);
            // Middleware, logger and capture look at the same exception one after the other.
            if (_said.TryGetValue(carried, out var said))
                return said;
            var facts = new ErrorFacts(carried);
            if (!TryFind(facts, out var match))
                return null;
            said = Say(match, facts);
            _said.AddOrUpdate(carried, said);
            return said;
        }
        catch (Exception)
        {
            return null; // Message and StackTrace are code of the application
        }
    }

    private bool TryFind(ErrorFacts facts, out ErrorRule.Match? match)
    {
        var shape = facts.Shape();
        lock (_lock)
        {
            if (_known.TryGetValue(shape, out match))
                return true;
            var second = clock.GetUtcNow().ToUnixTimeSeconds();
            if (second != _second)
                (_second, _taken) = (second, 0);
            if (_taken++ >= PerSecond)
                return false;
        }
        match = Find(facts);
        lock (_lock)
        {
            if (_known.Count >= MaxShapes)
                _known.Clear();
            _known[shape] = match;
        }
        return true;
    }

    internal static ErrorRule.Match? Find(ErrorFacts facts)
    {
        var rules = s_rules.Value;
        var start = Stopwatch.GetTimestamp();
        ErrorRule.Match? best = null;
        foreach (var rule in rules)
        {
            if (rule.Try(facts) is { } match && (best is null || match.Beats(best)))
                best = match;
            if (Stopwatch.GetElapsedTime(start) > s_box)
                break;
        }
        return best;
    }

    private ErrorAnalysis Say(ErrorRule.Match? match, ErrorFacts facts)
    {
        if (match is null)
            return new ErrorAnalysis("unknown", "medium", redactor.Redact($"{facts.Chain[0].Type}: {FirstLine(facts.Chain[0].Message)}"), [], null);
        string? Value(string name) => match.Captures.GetValueOrDefault(name) ?? ValueOf(name, match, facts);
        return new ErrorAnalysis(
            CategoryOf(match.Rule.Family), match.Rule.Severity.ToLowerInvariant(),
            redactor.Redact(Sentence.Fill(match.Rule.Cause, Value) ?? ""),
            [.. match.Rule.Steps.Select(s => Sentence.Fill(s, Value)).OfType<string>().Select(redactor.Redact)],
            match.Rule.Id);
    }

    private string? ValueOf(string name, ErrorRule.Match match, ErrorFacts facts)
    {
        // The cached match may be of an earlier exception that looked alike; its place in the chain is the same.
        var link = facts.Chain.Find(l => l.Depth == match.Link.Depth && l.Type == match.Link.Type) ?? match.Link;
        return name switch
        {
            "type" => link.Type,
            "message" => FirstLine(link.Message),
            "frame" => facts.Culprit,
            "class" => "captured",
            "service" => identity.Service,
            "host" => identity.Host,
            "release" => identity.Release,
            "runtime" => identity.Runtime,
            "pid" => identity.Pid.ToString(CultureInfo.InvariantCulture),
            "traceId" => Activity.Current?.TraceId.ToHexString(),
            "activity" => Activity.Current?.DisplayName,
            "threads" => ThreadPool.ThreadCount.ToString(CultureInfo.InvariantCulture),
            "queue" => ThreadPool.PendingWorkItemCount.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    // The names an ErrorAnalyzer is usually asked for; the files name two families more shortly.
    private static string CategoryOf(string family) => family switch
    {
        "timeout" => "api_timeout",
        "validation" => "data_validation",
        "memory" => "resource_exhaustion",
        _ => family,
    };

    private static string? FirstLine(string text)
    {
        var line = text.Trim().Split('\n', 2)[0].TrimEnd();
        return line.Length == 0 ? null : line.Length > 200 ? line[..200] + "…" : line;
    }

    private static ErrorRule[] ReadRules()
    {
        var assembly = typeof(ErrorAnalyzer).Assembly;
        var rules = new List<ErrorRule>();
        foreach (var name in assembly.GetManifestResourceNames().Where(static n => n.StartsWith("rules/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            using var json = JsonDocument.Parse(assembly.GetManifestResourceStream(name)!,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var family = json.RootElement.GetProperty("family").GetString()!;
            foreach (var rule in json.RootElement.GetProperty("rules").EnumerateArray())
                if (ErrorRule.Read(family, rule) is { } read)
                    rules.Add(read);
        }
        return [.. rules];
    }
}
