using Tocsin.Model;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Protocols.Elasticsearch.Queries;

/// <summary>Conditions on one field, whatever clause asks for them. One per request: "now" is the same everywhere.</summary>
internal sealed class FieldConditions(DateText dates)
{
    public DateText Dates => dates;

    /// <summary>The whole value, case and all; in a text field one word. What no value of the field can be finds nothing.</summary>
    public Condition Equals(string field, ElasticJson value) => ElasticField.Named(field) switch
    {
        ElasticField.Time => Between(dates.Read(value, TimeZoneInfo.Utc, null)),
        ElasticField.Id => RowId.TryParse(value.Scalar(), out RowId id) ? new IsOneOf(new HashSet<RowId> { id }) : Condition.None,
        ElasticField.Message => OrNone(ElasticField.Message, new HasWords(value.Scalar())),
        var name => OrNone(name, new IsExactly(value.Scalar())),
    };

    /// <summary>The words side by side; a whole value of another type.</summary>
    public Condition Phrase(string field, ElasticJson value) => ElasticField.Named(field) switch
    {
        ElasticField.Time or ElasticField.Id => Equals(field, value),
        var name => OrNone(name, new HasWords(value.Scalar())),
    };

    /// <summary>Each word by itself.</summary>
    public IReadOnlyList<Condition> Words(string field, ElasticJson value)
    {
        if (ElasticField.Named(field) is ElasticField.Time or ElasticField.Id or ElasticField.Level)
            return [Phrase(field, value)];
        string[] words = value.Scalar().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string name = ElasticField.Named(field);
        return [.. words.Select(word => OrNone(name, new HasWords(word)))];
    }

    public Condition Exists(string field) => ElasticField.Named(field) switch
    {
        ElasticField.Time or ElasticField.Id => Condition.All,
        var name => OrNone(name, new IsThere()),
    };

    /// <param name="pattern">With '*' and '?'; a backslash protects them.</param>
    public Condition Pattern(string field, string pattern, ElasticJson at) => ElasticField.Named(field) switch
    {
        ElasticField.Time or ElasticField.Id => throw at.Wrong("a field of text, which times and ids are not"),
        var name => OrThrow(name, new FitsPattern(pattern), at),
    };

    /// <summary>Fits the whole value, as Elasticsearch has it.</summary>
    public Condition Regex(string field, string regex, ElasticJson at) => ElasticField.Named(field) switch
    {
        ElasticField.Time or ElasticField.Id => throw at.Wrong("a field of text, which times and ids are not"),
        var name => OrThrow(name, new FitsRegex($"^(?:{regex})$"), at),
    };

    /// <summary>One side of a range.</summary>
    public Condition Compare(string field, Comparison comparison, ElasticJson bound, TimeZoneInfo zone, string? format)
    {
        string name = ElasticField.Named(field);
        if (name == ElasticField.Time)
            return Compare(comparison, dates.Read(bound, zone, format));
        if (name == ElasticField.Id)
            throw bound.Wrong("a field with an order, which an id is not");
        return OrThrow(name, new Compares(comparison, bound.Scalar()), bound);
    }

    public static Condition Between(DateSpan span) => new During(span.Start, span.End);

    /// <summary>A date as written means all moments it may stand for, so greater is behind the last of them.</summary>
    public static Condition Compare(Comparison comparison, DateSpan bound) => comparison switch
    {
        Comparison.Less => new During(s_first, bound.Start),
        Comparison.LessOrEqual => new During(s_first, bound.End),
        Comparison.Greater => new During(bound.End, s_last),
        _ => new During(bound.Start, s_last),
    };

    /// <summary>All, one, or a number of them.</summary>
    public static Condition Combine(IReadOnlyList<Condition> parts, int least) =>
        least <= 0 ? Condition.All
        : least > parts.Count ? Condition.None
        : parts.Count == 1 ? parts[0]
        : least == parts.Count ? new AllOf(parts)
        : least == 1 ? new AnyOf(parts)
        : new AtLeast(least, parts);

    private static readonly Instant s_first = new(long.MinValue), s_last = new(long.MaxValue);

    private static Condition OrNone(string name, FieldTest test) =>
        FilterReading.Compile(new FieldFilter(name, test)).Predicate is { } predicate ? new Holds(predicate) : Condition.None;

    private static Condition OrThrow(string name, FieldTest test, ElasticJson at)
    {
        LogQueryResult compiled = FilterReading.Compile(new FieldFilter(name, test));
        if (compiled.Predicate is { } predicate)
            return new Holds(predicate);
        // No level fits, so no record does; another error is one of the query.
        return name == ElasticField.Level && test is FitsPattern ? Condition.None : throw at.Wrong(compiled.Error!.Expected);
    }
}
