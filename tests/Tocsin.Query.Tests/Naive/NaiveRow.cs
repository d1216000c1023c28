using System.Collections.Concurrent;
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
    /// <summary>Attributes that count as text of a record.</summary>
    private static readonly string[] s_texts = ["@event_name", "@status_message", "exception.type", "exception.message", "exception.stacktrace"];

    private static readonly ConcurrentDictionary<string, string[]> s_words = new();

    private static readonly ConcurrentDictionary<string, Regex> s_patterns = new();

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
            "trace" => Id(Record.TraceId),
            "span" => Id(Record.SpanId),
            _ => NaiveValue.Of(Stored(name)),
        };
    }

    public bool Matches(Filter filter) => filter switch
    {
        Both both => both.Parts.All(Matches),
        Either either => either.Parts.Any(Matches),
        Negation not => !Matches(not.Part),
        Words words => Texts().Any(text => HasWords(text, words.Text)),
        WordsLike like => Texts().Any(text => Fits(text, like.Pattern)),
        TextRegex regex => Texts().Any(text => Regex.IsMatch(text, regex.Pattern)),
        FieldFilter { Field: "level" } level => MatchesLevel(level.Test),
        FieldFilter { Field: "trace", Test: var test } => MatchesId(test, "trace", 32),
        FieldFilter { Field: "span", Test: var test } => MatchesId(test, "span", 16),
        FieldFilter { Field: "duration" } duration => MatchesField(new FieldFilter("duration", InNanoseconds(duration.Test))),
        FieldFilter field => MatchesField(field),
        _ => true,
    };

    /// <summary>Names under which a record without names of fields shows them.</summary>
    public IEnumerable<string> Shown()
    {
        foreach ((string name, object? value) in Set)
            yield return name;
        if (Record is null)
            yield break;
        yield return "level";
        yield return "service.name";
        yield return "host.name";
        if (Record.Dataset == Dataset.Spans && Record.Body is not null)
            yield return "name";
        foreach ((string name, object? value) in Record.Attributes)
        {
            if (!(value is object?[] or IReadOnlyDictionary<string, object?>) && (!name.StartsWith('@') || name == "@event_name"))
                yield return name == "@event_name" ? "event" : name;
        }
    }

    /// <summary>What the answer shows as the message of a record.</summary>
    public object? Message()
    {
        if (Get("message") is { } message || Record is null || Set.ContainsKey("message"))
            return Get("message");
        return (Stored("@event_name") ?? Stored("@name")) is string { Length: > 0 } name ? name : null;
    }

    private static string? Id(byte[] id) => id.Length == 0 ? null : Convert.ToHexStringLower(id);

    private IEnumerable<string> Texts() => Record is null ? []
        : s_texts.Append("@body").Append("@name").Select(Stored).OfType<string>();

    private bool MatchesLevel(FieldTest test)
    {
        int number = Set.TryGetValue("level", out object? set)
            ? Severity.Parse(NaiveValue.Text(set)) ?? 0
            : Record?.Severity ?? 0;
        int family = Severity.Family((byte)number);
        string name = NaiveValue.Text(new NaiveLevel(family));
        // A number is that very severity, a name all of its rank.
        int? Wanted(string text) => int.TryParse(text, out int n) ? n : null;
        int FamilyOf(string text) => Severity.Family((byte)(Wanted(text) ?? Severity.Parse(text)!.Value));
        return test switch
        {
            HasWords words => Wanted(words.Text) is { } n ? number == n : family == FamilyOf(words.Text),
            IsExactly exactly => Wanted(exactly.Text) is { } n ? number == n : family == FamilyOf(exactly.Text),
            Compares compares => family != 0 && Side(
                Wanted(compares.Bound) is { } n ? number.CompareTo(n) : family.CompareTo(FamilyOf(compares.Bound)), compares.Comparison),
            FitsPattern pattern => family != 0 && name.StartsWith(pattern.Pattern.TrimEnd('*'), StringComparison.OrdinalIgnoreCase),
            FitsRegex regex => family != 0 && Regex.IsMatch(name, regex.Pattern),
            _ => family != 0,
        };
    }

    private bool MatchesId(FieldTest test, string field, int digits)
    {
        string id = NaiveValue.Text(Get(field));
        if (id.Length != digits || !id.All(char.IsAsciiHexDigit))
            id = "";
        return test is HasWords words ? id.Equals(words.Text, StringComparison.OrdinalIgnoreCase) : id.Length > 0;
    }

    private static FieldTest InNanoseconds(FieldTest test) => test switch
    {
        Compares compares => compares with { Bound = Nanoseconds(compares.Bound) },
        HasWords words => new HasWords(Nanoseconds(words.Text)),
        _ => test,
    };

    private static string Nanoseconds(string length) =>
        NaiveFunctions.Of("toduration", [length]) is long nanos ? nanos.ToString(System.Globalization.CultureInfo.InvariantCulture) : length;

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
        if (NaiveNumber.Of(test.Bound) is { } bound)
            return NaiveNumber.Of(value) is { } number && Side(NaiveNumber.Order(number, bound), test.Comparison);
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
        : NaiveNumber.Of(value) is { } number && NaiveNumber.Of(wanted) is { } other && NaiveNumber.Order(number, other) == 0;

    private static bool HasWords(string text, string wanted)
    {
        string[] words = Split(wanted);
        if (words.Length == 0)
            return wanted.Length == 0 ? text.Length == 0 : text.Contains(wanted, StringComparison.Ordinal);
        string[] all = Split(text);
        return Enumerable.Range(0, Math.Max(0, all.Length - words.Length + 1)).Any(i => words.SequenceEqual(all.Skip(i).Take(words.Length)));
    }

    private static string[] Split(string text) => s_words.GetOrAdd(text, SplitNow);

    private static string[] SplitNow(string text) => [.. Regex.Matches(text.ToLowerInvariant(), "[A-Za-z0-9_\u0080-\uffff]+").Select(m => m.Value)];

    private static bool Fits(string text, string pattern)
    {
        Regex regex = s_patterns.GetOrAdd(pattern, PatternOf);
        return Split(text).Append(text.ToLowerInvariant()).Any(regex.IsMatch);
    }

    private static Regex PatternOf(string pattern)
    {
        var regex = new StringBuilder("^");
        foreach (char c in pattern.ToLowerInvariant())
            regex.Append(c == '*' ? "[\\s\\S]*" : c == '?' ? "[\\s\\S]" : Regex.Escape($"{c}"));
        return new Regex(regex.Append("\\z").ToString());
    }

    /// <summary>The stored value, not yet converted.</summary>
    private object? Stored(string name)
    {
        string[] names = name switch
        {
            "service" => ["service.name", "service"],
            "host" => ["host.name", "host"],
            "message" => ["@body", "message"],
            "name" => ["@name", "name"],
            "event" => ["@event_name", "event"],
            "duration" => ["@duration", "duration"],
            _ => [name],
        };
        foreach (string stored in names)
        {
            if (stored == (Record!.Dataset == Dataset.Spans ? "@name" : "@body") && Record.Body is { } body)
                return body;
            if (stored == "service.name")
                return Record.Service;
            if (stored == "host.name")
                return Record.Host;
            if (Record.Attributes.Any(a => a.Name == stored))
                return Record.Attributes.First(a => a.Name == stored).Value;
            if (stored.Split('.') is [var outer, var inner]
                && Record.Attributes.FirstOrDefault(a => a.Name == outer).Value is IReadOnlyDictionary<string, object?> map
                && map.TryGetValue(inner, out object? nested))
                return nested;
        }
        return null;
    }
}
