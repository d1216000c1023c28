using System.Text.Json;
using System.Text.RegularExpressions;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;

namespace Tocsin.Diagnosis;

/// <summary>Reads and checks rule files; collects every mistake instead of stopping at the first.</summary>
internal sealed class RuleFiles
{
    private static readonly TimeSpan s_matchLimit = TimeSpan.FromMilliseconds(50);

    private static readonly JsonDocumentOptions s_json = new() { CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true };
    private static readonly HashSet<string> s_families =
    [
        "timeout", "rate_limit", "authentication", "validation", "resource_exhaustion", "database", "memory",
            "network", "code", "process",
    ];

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private string _place = "";

    public List<Rule> Rules { get; } = [];
    public List<string> Errors { get; } = [];

    public void Read(string file, string json)
    {
        _place = file;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_json);
            ReadFile(file, document.RootElement);
        }
        catch (JsonException broken)
        {
            Error($"not JSON: {broken.Message}");
        }
    }

    private void ReadFile(string file, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            Error("expected an object with \"family\" and \"rules\"");
            return;
        }
        string family = Text(root, "family");
        if (!s_families.Contains(family))
            Error($"\"family\": expected one of {string.Join(", ", s_families)}; found \"{family}\"");
        if (!root.TryGetProperty("rules", out JsonElement rules) || rules.ValueKind != JsonValueKind.Array)
        {
            Error("\"rules\": expected a list");
            return;
        }
        int index = 0;
        foreach (JsonElement rule in rules.EnumerateArray())
        {
            _place = $"{file}: rules[{index++}]";
            if (rule.ValueKind == JsonValueKind.Object)
                ReadRule(file, family, rule);
            else
                Error("expected an object");
        }
    }

    private void ReadRule(string file, string family, JsonElement json)
    {
        string id = Text(json, "id");
        _place = $"{file}: {id}";
        if (!_ids.Add(id))
            Error("the id is used twice");
        if (!id.StartsWith(family + ".", StringComparison.Ordinal))
            Error($"\"id\": expected \"{family}.<name>\"");
        Allow(json, "id", "category", "severity", "fallback", "when", "cause", "steps", "examples");
        RuleCondition when = json.TryGetProperty("when", out JsonElement condition)
            && condition.ValueKind == JsonValueKind.Object
            ? ReadCondition(condition) : new RuleCondition();
        if (when.IsEmpty)
            Error("\"when\": expected an object with at least one condition");
        Rules.Add(new Rule
        {
            Id = id,
            Family = family,
            Category = Choice<AlertCategory>(json, "category"),
            Severity = Choice<AlertPriority>(json, "severity"),
            When = when,
            Cause = ReadTemplate(Text(json, "cause"), when, "cause", mayBeLeftOut: false),
            Steps = ReadSteps(json, when),
            Examples = ReadExamples(json),
            Fallback = json.TryGetProperty("fallback", out JsonElement fallback)
                && fallback.ValueKind == JsonValueKind.True,
            Order = Rules.Count,
        });
    }

    private RuleCondition ReadCondition(JsonElement json)
    {
        Allow(json, "types", "message", "messageRegex", "words", "classes", "frames", "stderr", "stderrRegex",
            "signals", "exitCodes",
            "memoryAbove", "memoryBelow");
        return new RuleCondition
        {
            Types = [.. Texts(json, "types").Select(t => new TypePattern(t))],
            Message = Texts(json, "message"),
            MessageRegex = Pattern(json, "messageRegex"),
            Words = Texts(json, "words"),
            Classes = [.. Texts(json, "classes").Select(ReadClass)],
            Frames = Texts(json, "frames"),
            Stderr = Texts(json, "stderr"),
            StderrRegex = Pattern(json, "stderrRegex"),
            Signals = Texts(json, "signals"),
            ExitCodes = [.. Items(json, "exitCodes").Select(e => e.TryGetInt32(out int code) ? code
                : Bad("exitCodes", "numbers"))],
            MemoryAbove = Share(json, "memoryAbove"),
            MemoryBelow = Share(json, "memoryBelow"),
        };
    }

    private List<Template> ReadSteps(JsonElement json, RuleCondition when)
    {
        List<string> steps = Texts(json, "steps");
        if (steps.Count == 0)
            Error("\"steps\": expected at least one sentence");
        return [.. steps.Select(s => ReadTemplate(s, when, "steps", mayBeLeftOut: true))];
    }

    private Template ReadTemplate(string text, RuleCondition when, string name, bool mayBeLeftOut)
    {
        Template? template = Template.Parse(text, out string? error);
        if (template is null)
        {
            Error($"\"{name}\": {error}");
            return Template.Parse("", out _)!;
        }
        foreach (string unknown in template.Names.Where(n => !Template.Known.Contains(n)
            && !when.GroupNames.Contains(n)))
            Error($"\"{name}\": {{{unknown}}} is not known; "
                + $"expected one of {string.Join(", ", Template.Known)}, or a group of the rule's regex");
        // A cause must always be sayable.
        foreach (string bare in mayBeLeftOut ? []
            : template.Required.Where(n => n is not ("class" or "service") && !(n == "type" && when.NeedsException)))
            Error($"\"{name}\": {{{bare}}} may be missing; write {{{bare}|words to use instead}}");
        return template;
    }

    private List<CrashRecord> ReadExamples(JsonElement json)
    {
        var examples = new List<CrashRecord>();
        foreach (JsonElement example in Items(json, "examples"))
        {
            if (RuleExample.Read(example, out string? error) is { } record)
                examples.Add(record);
            else
                Error($"\"examples\"[{examples.Count}]: {error}");
        }
        if (examples.Count == 0)
            Error("\"examples\": expected at least one");
        return examples;
    }

    private CrashClass ReadClass(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<CrashClass>($"\"{text}\"");
        }
        catch (JsonException)
        {
            Error($"\"classes\": \"{text}\" is not a crash class");
            return default;
        }
    }

    private Regex? Pattern(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out _))
            return null;
        string text = Text(json, name);
        try
        {
            // Not the linear engine: its tables took 30 MB for these hundred patterns. The text is capped and the time too.
            return new Regex(text, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, s_matchLimit);
        }
        catch (Exception broken) when (broken is ArgumentException or NotSupportedException)
        {
            Error($"\"{name}\": {broken.Message}");
            return null;
        }
    }

    private double? Share(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double share) && share is > 0 and <= 2)
            return share;
        Error($"\"{name}\": expected a share of the limit such as 0.9");
        return null;
    }

    private T Choice<T>(JsonElement json, string name)
        where T : struct, Enum
    {
        string text = Text(json, name);
        if (!text.Any(char.IsLower) && Enum.TryParse(text, ignoreCase: true, out T value))
            return value;
        string names = string.Join(", ", Enum.GetNames<T>().Select(n => n.ToUpperInvariant()));
        Error($"\"{name}\": expected one of {names}; found \"{text}\"");
        return default;
    }

    private string Text(JsonElement json, string name)
    {
        if (json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text)
            return text;
        Error($"\"{name}\": expected a text");
        return "";
    }

    private List<string> Texts(JsonElement json, string name) =>
        [.. Items(json, name).Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : "")
            .Where(t => t.Length > 0 || Bad(name, "texts") > 0)];

    private IEnumerable<JsonElement> Items(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out JsonElement list))
            return [];
        if (list.ValueKind == JsonValueKind.Array)
            return list.EnumerateArray();
        Bad(name, "a list");
        return [];
    }

    private int Bad(string name, string expected)
    {
        Error($"\"{name}\": expected {expected}");
        return 0;
    }

    private void Allow(JsonElement json, params string[] names)
    {
        foreach (JsonProperty property in json.EnumerateObject().Where(p => !names.Contains(p.Name)))
            Error($"\"{property.Name}\" is not known; expected one of {string.Join(", ", names)}");
    }

    private void Error(string text) => Errors.Add($"{_place}: {text}");
}
