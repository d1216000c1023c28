using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Aggregates;

/// <summary>An aggregate of the texts that values show: 500 and "500" are one.</summary>
internal abstract class TextAccumulator : Accumulator
{
    private byte[] _buffer = new byte[256];

    public sealed override void Add(int group, long value) => AddOther(group, Cell.Of(value));

    public sealed override void Add(int group, double value) => AddOther(group, Cell.Of(value));

    public sealed override void AddOther(int group, in Cell value) =>
        Add(group, value.Utf8(ref _buffer));
}

/// <summary>
/// distinct(x): how many different values. Exact up to <see cref="MostExact"/> per group; beyond that an estimate that
/// is within about one percent.
/// </summary>
internal sealed class Distinct(MemoryBudget budget) : TextAccumulator
{
    public const int MostExact = 100_000;

    private readonly Slots<DistinctSet?> _sets = new(budget, 8);

    public override void Grow(int groups) => _sets.Grow(groups);

    public override void Add(int group, ReadOnlySpan<byte> utf8) =>
        (_sets[group] ??= new DistinctSet(budget)).Add(TextHash.Of(utf8));

    public override void Merge(Accumulator other, int from, int into)
    {
        if (((Distinct)other)._sets[from] is { } set)
            (_sets[into] ??= new DistinctSet(budget)).Add(set);
    }

    public override Cell Result(int group) => Cell.Of(_sets[group]?.Count ?? 0L);
}

/// <summary>Hashes of the values of one group: a set, then a HyperLogLog of 2^14 registers.</summary>
internal sealed class DistinctSet(MemoryBudget budget)
{
    private const int Bits = 14, Registers = 1 << Bits, BytesEach = 24;

    private HashSet<ulong>? _exact = [];
    private byte[]? _registers;

    public long Count => _exact?.Count ?? Estimate();

    public void Add(ulong hash)
    {
        if (_exact is null)
        {
            Register(hash);
            return;
        }
        if (!_exact.Add(hash))
            return;
        budget.Take(BytesEach, GroupTable.What, GroupTable.Advice);
        if (_exact.Count > Distinct.MostExact)
            ToRegisters();
    }

    public void Add(DistinctSet other)
    {
        if (other._exact is not null)
        {
            foreach (ulong hash in other._exact)
                Add(hash);
            return;
        }
        if (_exact is not null)
            ToRegisters();
        for (int i = 0; i < Registers; i++)
            _registers![i] = Math.Max(_registers[i], other._registers![i]);
    }

    private void ToRegisters()
    {
        _registers = new byte[Registers];
        budget.Take(Registers, GroupTable.What, GroupTable.Advice);
        foreach (ulong known in _exact!)
            Register(known);
        budget.Give((long)_exact.Count * BytesEach);
        _exact = null;
    }

    private void Register(ulong hash)
    {
        int register = (int)(hash >> (64 - Bits));
        byte rank = (byte)(BitOperations.LeadingZeroCount((hash << Bits) | (1UL << (Bits - 1))) + 1);
        if (rank > _registers![register])
            _registers[register] = rank;
    }

    /// <summary>The set was large, so no correction for small counts is needed.</summary>
    private long Estimate()
    {
        double sum = 0;
        foreach (byte rank in _registers!)
            sum += 1.0 / (1UL << rank);
        const double Alpha = 0.7213 / (1 + 1.079 / Registers);
        return (long)Math.Round(Alpha * Registers * Registers / sum);
    }
}

/// <summary>values(x): the different values as a JSON list, in order, at most <see cref="Most"/> of them.</summary>
internal sealed class Values(MemoryBudget budget) : TextAccumulator
{
    public const int Most = 100;

    private readonly Slots<SortedSet<string>?> _sets = new(budget, 8);

    public override void Grow(int groups) => _sets.Grow(groups);

    public override void Add(int group, ReadOnlySpan<byte> utf8)
    {
        Add(group, Encoding.UTF8.GetString(utf8));
    }

    public override void Merge(Accumulator other, int from, int into)
    {
        foreach (string value in ((Values)other)._sets[from] ?? [])
            Add(into, value);
    }

    private void Add(int group, string value)
    {
        SortedSet<string> set = _sets[group] ??= new(Comparer<string>.Create(CellOrder.CompareText));
        if (!set.Add(value))
            return;
        budget.Take(80 + 2L * value.Length, GroupTable.What, GroupTable.Advice);
        // The first in order stay, so that the answer does not depend on who came first.
        if (set.Count <= Most)
            return;
        budget.Give(80 + 2L * set.Max!.Length);
        set.Remove(set.Max!);
    }

    public override Cell Result(int group) => Cell.OfJson(JsonSerializer.Serialize(_sets[group] ?? [], s_json));

    private static readonly JsonSerializerOptions s_json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>A hash of 64 bits that spreads well; not for keeping on disk.</summary>
internal static class TextHash
{
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0x9E3779B97F4A7C15 ^ (ulong)bytes.Length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        ulong rest = 0;
        for (int i = 0; i < bytes.Length; i++)
            rest |= (ulong)bytes[i] << (8 * i);
        return Mix(Mix(hash ^ rest) + 0x9E3779B97F4A7C15);
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
