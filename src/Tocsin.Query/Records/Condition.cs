using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Records;

/// <summary>
/// A condition on a record that may also ask for its time and identity at any depth. What a predicate of the store can say
/// becomes one; see <see cref="ConditionScan"/>. Immutable; any thread.
/// </summary>
public abstract record Condition
{
    public static Condition All { get; } = new AllOf([]);

    public static Condition None { get; } = new AnyOf([]);

    public abstract bool Matches(in EventRow row, RowId id);

    /// <summary>Null when it asks for a time or an identity.</summary>
    internal abstract Predicate? ToPredicate();

    private protected static IReadOnlyList<Predicate>? ToPredicates(IReadOnlyList<Condition> parts)
    {
        var predicates = new List<Predicate>(parts.Count);
        foreach (Condition part in parts)
        {
            if (part.ToPredicate() is not { } predicate)
                return null;
            predicates.Add(predicate);
        }
        return predicates;
    }
}

/// <summary>A predicate of the store.</summary>
public sealed record Holds(Predicate Predicate) : Condition
{
    public override bool Matches(in EventRow row, RowId id) => Predicate.Matches(row);

    internal override Predicate ToPredicate() => Predicate;
}

/// <summary>The record's time lies in a range.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive, but for the very last instant there is, which is no bound.</param>
public sealed record During(Instant From, Instant To) : Condition
{
    public override bool Matches(in EventRow row, RowId id) =>
        row.Time >= From && (row.Time < To || To.UnixNanos == long.MaxValue);

    internal override Predicate? ToPredicate() => null;
}

/// <summary>The record is one of these.</summary>
public sealed record IsOneOf(IReadOnlySet<RowId> Ids) : Condition
{
    public override bool Matches(in EventRow row, RowId id) => Ids.Contains(id);

    internal override Predicate? ToPredicate() => null;
}

/// <summary>All parts hold; with no parts, every record matches.</summary>
public sealed record AllOf(IReadOnlyList<Condition> Parts) : Condition
{
    public override bool Matches(in EventRow row, RowId id)
    {
        foreach (Condition part in Parts)
        {
            if (!part.Matches(row, id))
                return false;
        }
        return true;
    }

    internal override Predicate? ToPredicate() => ToPredicates(Parts) is not { } parts ? null
        : parts.Count switch { 0 => Predicate.All, 1 => parts[0], _ => new And(parts) };
}

/// <summary>At least one part holds; with no parts, no record matches.</summary>
public sealed record AnyOf(IReadOnlyList<Condition> Parts) : Condition
{
    public override bool Matches(in EventRow row, RowId id)
    {
        foreach (Condition part in Parts)
        {
            if (part.Matches(row, id))
                return true;
        }
        return false;
    }

    internal override Predicate? ToPredicate() => ToPredicates(Parts) is not { } parts ? null
        : parts.Count == 1 ? parts[0] : new Or(parts);
}

/// <summary>So many of the parts hold.</summary>
/// <param name="Least">From 2 to the number of parts less one; the rest is <see cref="AllOf"/> and <see cref="AnyOf"/>.</param>
public sealed record AtLeast(int Least, IReadOnlyList<Condition> Parts) : Condition
{
    public override bool Matches(in EventRow row, RowId id)
    {
        int missing = Least;
        foreach (Condition part in Parts)
        {
            if (part.Matches(row, id) && --missing == 0)
                return true;
        }
        return false;
    }

    internal override Predicate? ToPredicate() => null;
}

/// <summary>The part does not hold.</summary>
public sealed record Opposite(Condition Part) : Condition
{
    public override bool Matches(in EventRow row, RowId id) => !Part.Matches(row, id);

    internal override Predicate? ToPredicate() => Part.ToPredicate() is { } part ? new Not(part) : null;
}
