using System.Text.RegularExpressions;
using Tocsin.Alerting.Proposals;

namespace Tocsin.Alerting.Api;

/// <summary>Checks fields one by one and remembers every fault, so that a caller hears of all of them at once.</summary>
internal sealed partial class Check
{
    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Faults => _faults;

    public void Fail(string where, string what, string expected) => _faults.Add(new Fault(where, what, expected));

    public string Required(string where, string? text, int limit)
    {
        if (string.IsNullOrWhiteSpace(text))
            Fail(where, text is null ? "it is missing" : "it is empty", "text");
        return Optional(where, text, limit) ?? "";
    }

    public string? Optional(string where, string? text, int limit)
    {
        if (text?.Length > limit)
            Fail(where, $"it has {text.Length} characters", $"at most {limit}");
        if (text?.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) == true)
            Fail(where, "it contains control characters", "printable text");
        return text;
    }

    /// <summary>snake_case, so that a colon can end it inside a key.</summary>
    public string Name(string where, string? text, int limit)
    {
        string name = Required(where, text, limit);
        if (name.Length > 0 && !SnakeCase().IsMatch(name))
            Fail(where, $"'{Short(name)}' is not a name", "snake_case such as database_slow_query");
        return name;
    }

    public T? Word<T>(string where, string? text, string allowed)
        where T : struct, Enum
    {
        if (text is null)
            return null;
        T? word = Words.Parse<T>(text);
        if (word is null)
            Fail(where, $"'{Short(text)}' is not known", $"one of {allowed}");
        return word;
    }

    public int? Count(string where, int? number)
    {
        if (number < 0)
            Fail(where, $"it is {number}", "0 or more");
        return number;
    }

    public TimeSpan? Span(string where, string? text, TimeSpan longest)
    {
        if (text is null)
            return null;
        TimeSpan? span = Duration.Parse(text);
        if (span is null)
            Fail(where, $"'{Short(text)}' is not a duration", Duration.Expected);
        else if (span > longest)
            Fail(where, $"'{Short(text)}' is too long", $"at most {longest.TotalDays:0} days");
        return span;
    }

    /// <summary>Links are shown to people, so nothing but web addresses.</summary>
    public string? Url(string where, string? text)
    {
        if (text is null)
            return null;
        if (text.Length > AlertLimits.UrlCharacters || !Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            || !(url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
            Fail(where, $"'{Short(text)}' is not a web address", "an absolute address with http or https");
        return text;
    }

    public IReadOnlyList<T> List<T>(string where, IReadOnlyList<T>? items, int most, Action<string, T> checkItem)
    {
        if (items?.Count > most)
            Fail(where, $"it has {items.Count} entries", $"at most {most}");
        for (int i = 0; i < Math.Min(items?.Count ?? 0, most); i++)
            checkItem($"{where}[{i}]", items![i]);
        return items ?? [];
    }

    public IReadOnlyDictionary<string, T> Pairs<T>(
        string where, IReadOnlyDictionary<string, T>? pairs, Action<string, T> checkValue)
    {
        if (pairs?.Count > AlertLimits.Entries)
            Fail(where, $"it has {pairs.Count} entries", $"at most {AlertLimits.Entries}");
        foreach ((string name, T value) in (pairs ?? new Dictionary<string, T>()).Take(AlertLimits.Entries))
        {
            string path = $"{where}.{Short(name)}";
            Required(path, name, AlertLimits.NameCharacters);
            checkValue(path, value);
        }
        return pairs ?? new Dictionary<string, T>();
    }

    public static string Short(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 59), "…");

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex SnakeCase();
}
