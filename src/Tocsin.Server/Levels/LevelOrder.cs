using System.Text.Json;
using System.Text.Json.Serialization;
using Tocsin.Alerting.Api;

namespace Tocsin.Server.Levels;

/// <summary>A level that somebody wants set or cleared.</summary>
public sealed record LevelOrder
{
    private const int NameCharacters = 200, NotesCharacters = 1000;
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public string? Service { get; init; }

    /// <summary>
    /// To set: only there; everywhere when left out or empty. To clear: left out for all rules, empty for those that count
    /// everywhere.
    /// </summary>
    public string? Environment { get; init; }

    /// <summary>
    /// Beginning of the names of loggers, with at most one "*". To set: every logger when left out or empty. To clear: left
    /// out for all rules.
    /// </summary>
    public string? Category { get; init; }

    /// <summary>Trace, Debug, Information, Warning, Error, Critical or None. Not needed to clear.</summary>
    public string? Level { get; init; }

    /// <summary>
    /// For how long, for example "15m"; at most 24 hours. Left out: Trace and Debug end after 24 hours, the others hold until
    /// they are cleared.
    /// </summary>
    public string? For { get; init; }

    /// <summary>Who wants it.</summary>
    public string? By { get; init; }
    public string? Notes { get; init; }

    internal string Who => string.IsNullOrWhiteSpace(By) ? "api" : By.Trim();

    internal IReadOnlyList<Fault> Faults(bool toSet)
    {
        var faults = new List<Fault>();
        if (string.IsNullOrWhiteSpace(Service))
            faults.Add(new("service", "it is missing", "the name of the service, as in its log records"));
        Check("service", Service, NameCharacters);
        Check("environment", Environment, NameCharacters);
        Check("category", Category, NameCharacters);
        Check("by", By, NameCharacters);
        Check("notes", Notes, NotesCharacters);
        if (Category?.Count(c => c == '*') > 1)
            faults.Add(new("category", "it has more than one *", "the beginning of a logger's name, with at most one *"));
        if (!toSet)
            return faults;
        if (LevelRule.NameOf(Level ?? "") is null)
            faults.Add(new("level", Level is null ? "it is missing" : $"'{Short(Level)}' is not a level",
                "one of Trace, Debug, Information, Warning, Error, Critical, None"));
        if (For is not null && Duration.Parse(For) is not { } span)
            faults.Add(new("for", $"'{Short(For)}' is not a duration", Duration.Expected));
        else if (For is not null && Duration.Parse(For) > Longest)
            faults.Add(new("for", $"'{Short(For)}' is too long", "at most 24h"));
        return faults;

        void Check(string where, string? text, int most)
        {
            if (text?.Length > most)
                faults.Add(new(where, $"it has {text.Length} characters", $"at most {most}"));
            if (text?.Any(char.IsControl) == true)
                faults.Add(new(where, "it contains control characters", "printable text"));
        }
    }

    /// <summary>Of an order without faults.</summary>
    internal LevelRule ToRule(DateTimeOffset now)
    {
        string level = LevelRule.NameOf(Level!)!;
        TimeSpan? span = For is not null ? Duration.Parse(For) : level is "Trace" or "Debug" ? Longest : null;
        return new LevelRule
        {
            Service = Service!.Trim(), Environment = string.IsNullOrWhiteSpace(Environment) ? null : Environment.Trim(),
            Category = CategoryOf(Category), Level = level, SetAt = now, SetBy = Who,
            Notes = string.IsNullOrWhiteSpace(Notes) ? null : Notes.Trim(), ExpiresAt = now + span,
        };
    }

    /// <summary>Whether an order to clear means the rule.</summary>
    internal bool Fits(LevelRule rule) => rule.Service == Service!.Trim()
        && (Category is null || rule.Category.Equals(CategoryOf(Category), StringComparison.OrdinalIgnoreCase))
        && (Environment is null || (rule.Environment ?? "").Equals(Environment.Trim(), StringComparison.OrdinalIgnoreCase));

    private static string CategoryOf(string? text) => text?.Trim() is null or "" or "*" ? LevelRule.Everything : text.Trim();

    private static string Short(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 59), "…");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LevelOrder))]
internal sealed partial class LevelJson : JsonSerializerContext;
