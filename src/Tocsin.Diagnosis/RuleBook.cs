using System.Reflection;
using Tocsin.Model.Alerts;

namespace Tocsin.Diagnosis;

/// <summary>All diagnosis rules. Immutable; any thread may ask.</summary>
public sealed class RuleBook
{
    private static readonly Lazy<RuleBook> s_builtIn = new(LoadBuiltIn);

    internal RuleBook(IReadOnlyList<Rule> rules) => Rules = rules;

    /// <summary>The rules that ship with Tocsin.</summary>
    public static RuleBook BuiltIn => s_builtIn.Value;

    internal IReadOnlyList<Rule> Rules { get; }

    public int Count => Rules.Count;

    /// <summary>The most specific rule's finding; null when no rule matches.</summary>
    public Model.Alerts.Diagnosis? Diagnose(Evidence evidence)
    {
        RuleMatch? best = null;
        foreach (Rule rule in Rules)
        {
            if (RuleMatch.Try(rule, evidence) is { } match && (best is null || match.Beats(best)))
                best = match;
        }
        return best is null ? null : Finding(best, evidence);
    }

    /// <summary>Reads rule files; <paramref name="errors"/> names file, rule and what was expected, and is empty on
    /// success.</summary>
    /// <param name="files">File name and JSON text.</param>
    /// <param name="errors">One line per mistake.</param>
    public static RuleBook? Load(IEnumerable<(string Name, string Json)> files, out IReadOnlyList<string> errors)
    {
        var reader = new RuleFiles();
        foreach ((string name, string json) in files)
            reader.Read(name, json);
        errors = reader.Errors;
        return reader.Errors.Count == 0 ? new RuleBook(reader.Rules) : null;
    }

    private static Model.Alerts.Diagnosis Finding(RuleMatch match, Evidence evidence)
    {
        string? Value(string name) => match.Value(name, evidence);
        return new Model.Alerts.Diagnosis
        {
            Family = match.Rule.Family,
            Category = match.Rule.Category,
            Severity = match.Rule.Severity,
            LikelyCause = match.Rule.Cause.Fill(Value) ?? "",
            NextSteps = [.. match.Rule.Steps.Select(s => s.Fill(Value)).OfType<string>()],
            Rule = match.Rule.Id,
            Because = match.Because,
        };
    }

    private static RuleBook LoadBuiltIn()
    {
        Assembly assembly = typeof(RuleBook).Assembly;
        IEnumerable<(string, string)> files = assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".json", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n => (n, Text(assembly, n)));
        return Load(files, out IReadOnlyList<string> errors)
            ?? throw new InvalidDataException("built-in diagnosis rules: " + string.Join("; ", errors));
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
