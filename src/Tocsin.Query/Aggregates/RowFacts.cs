using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Aggregates;

/// <summary>What is known of the rows of a group themselves.</summary>
/// <param name="Level">The highest; see <see cref="Severity.Family"/>.</param>
internal readonly record struct RowFact(long Count, int Level, Instant First, RowId Newest);

/// <summary>Counts rows and keeps the highest level, the first time and the newest row. Fed by columns only.</summary>
internal sealed class RowFacts(MemoryBudget budget) : Accumulator
{
    private readonly Slots<RowFact> _facts = new(budget, 40);

    public RowFact this[int group] => _facts[group];

    public override void Grow(int groups) => _facts.Grow(groups);

    public override void AddRows(ReadOnlySpan<int> groups, ColumnRows rows)
    {
        ReadOnlySpan<byte> severities = rows.Severities;
        for (int row = 0; row < groups.Length; row++)
        {
            RowId id = rows.Id(row);
            Add(groups[row], new RowFact(1, Severity.Family(severities[row]), id.Time, id));
        }
    }

    public override void Merge(Accumulator other, int from, int into) => Add(into, ((RowFacts)other)._facts[from]);

    public override void Add(int group, long value) => throw Wrong;

    public override void Add(int group, double value) => throw Wrong;

    public override void Add(int group, ReadOnlySpan<byte> utf8) => throw Wrong;

    public override Cell Result(int group) => Cell.Of(_facts[group].Count);

    private static InvalidOperationException Wrong => new("rows have no value of their own");

    private void Add(int group, in RowFact fact)
    {
        ref RowFact known = ref _facts[group];
        known = known.Count == 0 ? fact : new RowFact(
            known.Count + fact.Count, Math.Max(known.Level, fact.Level), fact.First < known.First ? fact.First : known.First,
            fact.Newest > known.Newest ? fact.Newest : known.Newest);
    }
}
