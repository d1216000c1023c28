using System.Text;
using System.Text.RegularExpressions;
using Tocsin.Model;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Naive;

/// <summary>A record or a computed row, and what the filter says about it.</summary>
internal sealed record NaiveRow(SomeLog? Record, long Place)
{
    public Dictionary<string, object?> Set { get; init; } = [];

    /// <summary>Of the record it was made from.</summary>
    public Instant Time { get; init; } = Record?.Time ?? default;

    public NaiveRow With(string name, object? value) => this with { Set = new(Set) { [name] = value } };

    public object? Get(string name)
    {
        if (Set.TryGetValue(name, out object? set))
            return set;
        if (Record is null)
            return null;
        return name switch
        {
            "time" => Record.Time,
            "level" => new NaiveLevel(Severity.Family(Record.Severity)),
            "trace" => Record.TraceId.Length == 0 ? null : Convert.ToHexStringLower(Record.TraceId),
            _ => NaiveValue.Of(Stored(name)),
        };
    }

    public bool Matches(Filter filter) => filter switch
    {
        Both both => both.Parts.All(Matches),
        Either either => either.Parts.Any(Matches),
        Negation not => !Matches(not.Part),
        Words words => Get("message") is string text && HasWords(text, words.Text),
        WordsLike like => Get("message") is string text && Fits(text, like.Pattern),
        TextRegex regex => Get("message") is string text && Regex.IsMatch(text, regex.Pattern),
        FieldFilter { Field: "level" } level => MatchesLevel(level.Test),
        FieldFilter { Field: "trace" } trace => MatchesTrace(trace.Test),
        FieldFilter field => MatchesField(field),
        _ => true,
    };

    private bool MatchesLevel(FieldTest test)
    {
        int number = Set.TryGetValue("level", out object? set)
            ? Severity.Parse(NaiveValue.Text(set)) ?? 0
            : Record?.Severity ?? 0;
        int family = Severity.Family((byte)number);
        return test switch
        {
            HasWords words => family == Severity.Family(Severity.Parse(words.Text)!.Value),
            IsExactly exactly => family == Severity.Family(Severity.Parse(exactly.Text)!.Value),
            Compares compares => family != 0 && Side(family.CompareTo(Severity.Family(Severity.Parse(compares.Bound)!.Value)), compares.Comparison),
            FitsRegex regex => family != 0 && Regex.IsMatch(NaiveValue.Text(new NaiveLevel(family)), regex.Pattern),
            _ => family != 0,
        };
    }

    private bool MatchesTrace(FieldTest test)
    {
        string trace = NaiveValue.Text(Get("trace"));
        return test is HasWords words ? trace == words.Text : trace.Length > 0;
    }

    private bool MatchesField(FieldFilter filter)
    {
        object? value = Set.TryGetValue(filter.Field, out object? set) ? set : Record is null ? null : Stored(filter.Field);
        if (filter.Test is IsThere)
            return value is not null;
        return Items(value).Any(item => MatchesOne(filter.Test, NaiveValue.Of(item), item is byte[]));
    }

    /// <summary>Of an array or map any item may match.</summary>
    private static IEnumerable<object?> Items(object? value) => value switch
    {
        object?[] items => items.SelectMany(Items),
        IReadOnlyDictionary<string, object?> map => map.Values.SelectMany(Items),
        _ => [value],
    };

    private static bool MatchesOne(FieldTest test, object? value, bool isBytes)
    {
        if (value is null)
            return false;
        if (value is Instant or NaiveLevel or NaiveJson)
            value = NaiveValue.Text(value);
        string text = NaiveValue.Text(value);
        return test switch
        {
            HasWords words => value is string && !isBytes ? HasWords(text, words.Text) : IsPlain(value, words.Text),
            IsExactly exactly => value is string && !isBytes ? text == exactly.Text : IsPlain(value, exactly.Text),
            FitsPattern pattern => Fits(text, pattern.Pattern),
            FitsRegex regex => Regex.IsMatch(text, regex.Pattern),
            Compares compares => !isBytes && Compares(value, compares),
            _ => false,
        };
    }

    private static bool Compares(object value, Compares test)
    {
        if (NaiveValue.Number(test.Bound) is { } bound)
            return NaiveValue.Number(value) is { } number && Side(number.CompareTo(bound), test.Comparison);
        return value is string text && Side(NaiveValue.OrderText(text, test.Bound), test.Comparison);
    }

    private static bool Side(int order, Comparison comparison) => comparison switch
    {
        Comparison.Less => order < 0,
        Comparison.LessOrEqual => order <= 0,
        Comparison.Greater => order > 0,
        _ => order >= 0,
    };

    private static bool IsPlain(object value, string wanted) => value is bool or string
        ? NaiveValue.Text(value).Equals(wanted, StringComparison.OrdinalIgnoreCase)
        : NaiveValue.Number(value) is { } number && NaiveValue.Number(wanted) == number;

    private static bool HasWords(string text, string wanted)
    {
        string[] words = Split(wanted);
        if (words.Length == 0)
            return wanted.Length == 0 ? text.Length == 0 : text.Contains(wanted, StringComparison.Ordinal);
        string[] all = Split(text);
        return Enumerable.Range(0, Math.Max(0, all.Length - words.Length + 1)).Any(i => words.SequenceEqual(all.Skip(i).Take(words.Length)));
    }

    private static string[] Split(string text) => [.. Regex.Matches(text.ToLowerInvariant(), "[A-Za-z0-9_\u0080-\uffff]+").Select(m => m.Value)];

    private static bool Fits(string text, string pattern)
    {
        var regex = new StringBuilder("^");
        foreach (char c in pattern.ToLowerInvariant())
            regex.Append(c == '*' ? "[\\s\\S]*" : c == '?' ? "[\\s\\S]" : Regex.Escape($"{c}"));
        regex.Append("\\z");
        return Split(text).Append(text.ToLowerInvariant()).Any(word => Regex.IsMatch(word, regex.ToString()));
    }

    /// <summary>The stored value, not yet converted.</summary>
    private object? Stored(string name)
    {
        string[] names = name switch
        {
            "service" => ["service.name", "service"],
            "host" => ["host.name", "host"],
            "message" => ["@body", "message"],
            _ => [name],
        };
        foreach (string stored in names)
        {
            if (stored == "@body" && Record!.Body is { } body)
                return body;
            if (stored == "service.name")
                return Record!.Service;
            if (stored == "host.name")
                return Record!.Host;
            if (Record!.Attributes.Any(a => a.Name == stored))
                return Record.Attributes.First(a => a.Name == stored).Value;
            if (stored.Split('.') is [var outer, var inner]
                && Record.Attributes.FirstOrDefault(a => a.Name == outer).Value is IReadOnlyDictionary<string, object?> map
                && map.TryGetValue(inner, out object? nested))
                return nested;
        }
        return null;
    }
}
