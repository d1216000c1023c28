using Tocsin.Model;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Records;

/// <summary>A condition taken apart: what the store can prune and test by, and what each row has to be asked beside.</summary>
/// <param name="Rest">Null when range and predicate say it all.</param>
internal sealed record ConditionScan(Instant From, Instant To, Predicate Where, Condition? Rest)
{
    public static ConditionScan Of(Condition condition)
    {
        var parts = new Parts();
        parts.Add(condition);
        return new ConditionScan(
            parts.From, parts.To,
            parts.Where.Count switch { 0 => Predicate.All, 1 => parts.Where[0], _ => new And(parts.Where) },
            parts.Rest.Count switch { 0 => null, 1 => parts.Rest[0], _ => new AllOf(parts.Rest) });
    }

    /// <summary>No time fulfils it.</summary>
    public bool IsEmpty => From >= To;

    /// <summary>What all parts of a conjunction come to.</summary>
    private sealed class Parts
    {
        public Instant From { get; private set; } = new(long.MinValue);

        public Instant To { get; private set; } = new(long.MaxValue);

        public List<Predicate> Where { get; } = [];

        public List<Condition> Rest { get; } = [];

        public void Add(Condition condition)
        {
            switch (condition)
            {
                case AllOf all:
                    foreach (Condition part in all.Parts)
                        Add(part);
                    break;
                case During during:
                    Narrow(during.From, during.To);
                    break;
                case IsOneOf { Ids.Count: > 0 } one:
                    Narrow(one.Ids.Min().Time, After(one.Ids.Max().Time));
                    Rest.Add(one);
                    break;
                default:
                    if (condition.ToPredicate() is { } predicate)
                        Where.Add(predicate);
                    else
                        Rest.Add(condition);
                    break;
            }
        }

        private void Narrow(Instant from, Instant to)
        {
            From = from > From ? from : From;
            To = to < To ? to : To;
        }

        private static Instant After(Instant time) => new(time.UnixNanos == long.MaxValue ? long.MaxValue : time.UnixNanos + 1);
    }
}
