using Tocsin.Model;
using Tocsin.Query.Logs;
using Tocsin.Storage.Care;
using Tocsin.Storage.Scan;

namespace Tocsin.Server.Configuration;

/// <summary>The section "retention": how long, and how much, is kept of what.</summary>
public sealed record RetentionSettings
{
    public TimeSpan Logs { get; init; } = TimeSpan.FromDays(30);
    public TimeSpan Spans { get; init; } = TimeSpan.FromDays(14);
    public TimeSpan Crashes { get; init; } = TimeSpan.FromDays(90);
    public int MinFreeMegabytes { get; init; } = 256;
    public long MaxBytes { get; init; } = long.MaxValue;
    public long MaxLogBytes { get; init; } = long.MaxValue;
    public long MaxSpanBytes { get; init; } = long.MaxValue;

    /// <summary>In order: the first whose condition holds for a row counts.</summary>
    public IReadOnlyList<RetentionClass> Classes { get; init; } = [];

    /// <summary>By the names of the classes, their conditions as they are written.</summary>
    public IReadOnlyDictionary<string, string> Conditions { get; init; } = new Dictionary<string, string>();

    /// <summary>The longest that any row of the dataset is kept.</summary>
    public TimeSpan Longest(Dataset dataset) => Classes.Where(c => c.Dataset is null || c.Dataset == dataset).Select(c => c.Keep)
        .Append(dataset == Dataset.Spans ? Spans : Logs).Max();

    internal static RetentionSettings Read(ConfigSection section)
    {
        var conditions = new Dictionary<string, string>();
        var settings = new RetentionSettings
        {
            Logs = section.Duration("logs", TimeSpan.FromDays(30)),
            Spans = section.Duration("spans", TimeSpan.FromDays(14)),
            Crashes = section.Duration("crashes", TimeSpan.FromDays(90)),
            MinFreeMegabytes = section.Int("min_free_mb", 256, 0, int.MaxValue),
            MaxBytes = Budget(section, "max_bytes"),
            MaxLogBytes = Budget(section, "logs_max_bytes"),
            MaxSpanBytes = Budget(section, "spans_max_bytes"),
            Classes = ReadClasses(section, conditions),
            Conditions = conditions,
        };
        section.RejectUnknown();
        return settings;
    }

    private static List<RetentionClass> ReadClasses(ConfigSection retention, Dictionary<string, string> conditions)
    {
        var classes = new List<RetentionClass>();
        foreach (ConfigSection section in retention.Sections("classes"))
        {
            if (ReadClass(section) is not { } one)
                continue;
            if (classes.Any(c => c.Name == one.Name))
                section.Fail("name", $"two classes are called '{one.Name}'; names must differ");
            classes.Add(one);
            conditions[one.Name] = section.String("where", "");
        }
        if (classes.Count > RetentionClass.Most)
            retention.Fail("classes", $"at most {RetentionClass.Most} classes are possible, found {classes.Count}");
        return classes;
    }

    private static RetentionClass? ReadClass(ConfigSection section)
    {
        string name = section.String("name", ""), where = section.String("where", ""), of = section.String("of", "logs");
        int days = section.Int("days", 0, 1, 36_500);
        long most = Budget(section, "max_bytes");
        section.RejectUnknown();
        LogQueryResult condition = LogQuery.Parse(where);
        if (!RetentionClass.IsName(name))
            section.Fail("name", $"lower-case letters, digits, '-' and '_', but not logs or spans, are expected, found '{name}'");
        else if (where.Trim().Length == 0)
            section.Fail("where", "a condition such as \"service:payments\" is expected");
        else if (condition.Error is { } error)
            section.Fail("where", error.Message);
        else if (of is not ("logs" or "spans" or "all"))
            section.Fail("of", $"logs, spans or all is expected, found '{of}'");
        else if (days == 0)
            section.Fail("days", "a whole number of days is expected");
        else
            return new RetentionClass
            {
                Name = name, Where = condition.Predicate!, Keep = TimeSpan.FromDays(days), MaxBytes = most,
                Dataset = of == "all" ? null : of == "logs" ? Dataset.Logs : Dataset.Spans,
            };
        return null;
    }

    /// <summary>Below this, a budget would drop segments as fast as they are written.</summary>
    private const long LeastBudget = 64_000_000;

    private static long Budget(ConfigSection section, string key)
    {
        if (section.String(key) is not { } text)
            return long.MaxValue;
        if (ByteSizes.TryParse(text, out long bytes) && bytes >= LeastBudget)
            return bytes;
        section.Fail(key, $"a size of at least 64MB, such as 500MB or 20GB, is expected, found '{text}'");
        return long.MaxValue;
    }
}
