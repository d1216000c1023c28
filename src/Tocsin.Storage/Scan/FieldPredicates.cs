using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>A condition that single values can fulfil; of an array or map, any item may.</summary>
public abstract record ValuePredicate : Predicate
{
    internal override bool MayMatch(BlockSummary block) => true;

    /// <summary>How a column may answer for many strings at once; null when each has to be asked.</summary>
    internal virtual TextShape? Shape => null;

    /// <summary>The one value that is accepted, tag and payload; null when there may be several.</summary>
    internal virtual byte[]? Encoded => null;

    internal virtual bool Accepts(FieldValue value) => TestAny(value);

    /// <summary>The value is no array and no map.</summary>
    protected abstract bool Test(FieldValue value);

    private protected bool TestAny(FieldValue value)
    {
        if (value.Kind == ValueKind.Array)
        {
            ValueReader items = value.AsArray;
            while (items.MoveNext())
            {
                if (TestAny(items.Value))
                    return true;
            }
            return false;
        }
        if (value.Kind == ValueKind.Map)
        {
            FieldReader fields = value.AsMap;
            while (fields.MoveNext())
            {
                if (TestAny(fields.Value))
                    return true;
            }
            return false;
        }
        return Test(value);
    }
}

/// <summary>A condition on the value of one field. A row without the field does not match.</summary>
public abstract record FieldPredicate(FieldPath Field) : ValuePredicate
{
    public sealed override bool Matches(in EventRow row) => Field.TryGet(row, out FieldValue value) && TestAny(value);

    internal sealed override void AddFields(FieldNeeds needs) => Field.AddTo(needs);
}

/// <summary>The field is there and not null; an empty string counts, and so does an empty array.</summary>
public sealed record FieldExists(FieldPath Field) : Predicate
{
    public override bool Matches(in EventRow row) =>
        Field.TryGet(row, out FieldValue value) && value.Kind != ValueKind.Null;

    internal override bool MayMatch(BlockSummary block) => true;

    internal override void AddFields(FieldNeeds needs) => Field.AddTo(needs);

    public override string ToString() => $"{Field} exists";
}

/// <summary>The whole value, case and all; a number equals the same number however it is written.</summary>
public sealed record FieldEquals(FieldPath Field, string Text) : FieldPredicate(Field)
{
    private readonly ValueText _wanted = new(Text);

    internal override TextShape? Shape => TextShape.Of(Text, [Encoding.UTF8.GetBytes(Text)]) is { } shape
        ? shape with { Exact = Encoding.UTF8.GetBytes(Text) } : null;

    protected override bool Test(FieldValue value) => _wanted.Is(value);

    internal override bool MayMatch(BlockSummary block) => _wanted.MayBeIn(block);

    public override string ToString() => $"{Field} = \"{Text}\"";
}

/// <summary>
/// The value contains the words side by side, whole and in any case; a number equals the same number.
/// </summary>
public sealed record FieldContains(FieldPath Field, string Text) : FieldPredicate(Field)
{
    private readonly ValueText _wanted = new(Text);

    internal override TextShape? Shape => _wanted.Shape;

    protected override bool Test(FieldValue value) => _wanted.IsIn(value);

    internal override bool MayMatch(BlockSummary block) => _wanted.MayBeIn(block);

    public override string ToString() => $"{Field} has \"{Text}\"";
}

/// <summary>The value, or one word of it, fits a pattern with '*' and '?'.</summary>
public sealed record FieldMatches(FieldPath Field, string Pattern) : FieldPredicate(Field)
{
    private readonly Wildcard _wildcard = new(Pattern);

    internal override TextShape? Shape => _wildcard.Shape;

    protected override bool Test(FieldValue value) => value.Kind switch
    {
        ValueKind.Null => false,
        ValueKind.String => _wildcard.Matches(value.Payload),
        _ => _wildcard.Matches(Encoding.UTF8.GetBytes(value.ToString())),
    };

    public override string ToString() => $"{Field} like \"{Pattern}\"";
}

/// <summary>How two values compare.</summary>
public enum Comparison
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>
/// The value lies on one side of a bound: as numbers when both are numbers, else as text by code point.
/// </summary>
public sealed record FieldCompare(FieldPath Field, Comparison Comparison, string Bound) : FieldPredicate(Field)
{
    private readonly Numeric? _number = Numeric.Parse(Bound);
    private readonly byte[] _text = Encoding.UTF8.GetBytes(Bound);

    protected override bool Test(FieldValue value)
    {
        int? order = _number is { } bound ? Numeric.Of(value)?.CompareTo(bound)
            : value.Kind == ValueKind.String ? value.Payload.SequenceCompareTo(_text)
            : null;
        return order is { } o && Comparison switch
        {
            Comparison.Less => o < 0,
            Comparison.LessOrEqual => o <= 0,
            Comparison.Greater => o > 0,
            _ => o >= 0,
        };
    }

    public override string ToString() => $"{Field} {Sign} {Bound}";

    private string Sign => Comparison switch
    {
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        _ => ">=",
    };
}
