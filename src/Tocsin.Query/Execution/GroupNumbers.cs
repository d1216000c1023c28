using Tocsin.Model;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>
/// Finds the group of each row by the numbers of its keys, of two keys by the number of their pair, and so on; the keys themselves are
/// looked at once per group. One thread.
/// </summary>
internal sealed class GroupNumbers(GroupPlan plan, Grouping groups, MemoryBudget budget)
{
    private static readonly byte[] s_families = [.. Enumerable.Range(0, 256).Select(s => (byte)Severity.Family((byte)s))];

    private readonly StepNumbers?[] _steps = [.. plan.Keys.Select(k => k.Kind == GroupColumnKind.Time ? new StepNumbers(k.Step) : null)];
    private readonly PairNumbers[] _pairs = [.. plan.Keys.Skip(1).Select(_ => new PairNumbers())];
    private int[] _numbers = [], _second = [];

    /// <summary>Group plus one of each number; 0 when it is not known yet.</summary>
    private int[] _groups = new int[16];

    private long _held;

    public ReadOnlySpan<int> Of(ColumnRows rows)
    {
        if (_numbers.Length < rows.Count)
            (_numbers, _second) = (new int[rows.Count], new int[rows.Count]);
        Span<int> numbers = _numbers.AsSpan(0, rows.Count);
        if (plan.Keys.Count == 0)
            numbers.Clear();
        int different = 1;
        for (int key = 0, field = 0; key < plan.Keys.Count; key++)
        {
            Span<int> of = key == 0 ? numbers : _second.AsSpan(0, rows.Count);
            int count = Number(rows, key, ref field, of);
            if (key > 0)
                _pairs[key - 1].Number(numbers, of, count);
            different = key == 0 ? count : _pairs[key - 1].Count;
        }
        if (_groups.Length < different)
            Array.Resize(ref _groups, Math.Max(different, _groups.Length * 2));
        Charge(rows);
        Place(rows, numbers);
        return numbers;
    }

    /// <summary>Numbers one key of each row from 0. Returns how many numbers there are.</summary>
    private int Number(ColumnRows rows, int key, ref int field, Span<int> into)
    {
        switch (plan.Keys[key].Kind)
        {
            case GroupColumnKind.Time:
                _steps[key]!.Number(rows.Times, into);
                return _steps[key]!.Count;
            case GroupColumnKind.Level:
                ReadOnlySpan<byte> severities = rows.Severities;
                for (int i = 0; i < into.Length; i++)
                    into[i] = s_families[severities[i]];
                return s_families[^1] + 1;
            default:
                // No value comes first.
                ReadOnlySpan<int> keys = rows.Keys(field);
                for (int i = 0; i < into.Length; i++)
                    into[i] = keys[i] + 1;
                return rows.Tables[field++].Count + 1;
        }
    }

    private void Place(ColumnRows rows, Span<int> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            ref int group = ref _groups[numbers[i]];
            if (group == 0)
                group = Find(rows, numbers[i]) + 1;
            numbers[i] = group - 1;
        }
    }

    private int Find(ColumnRows rows, int number)
    {
        Span<int> parts = stackalloc int[plan.Keys.Count];
        for (int key = parts.Length - 1; key > 0; key--)
            (number, parts[key]) = _pairs[key - 1][number];
        if (parts.Length > 0)
            parts[0] = number;
        groups.Table.Key.Clear();
        for (int key = 0, field = 0; key < parts.Length; key++)
        {
            switch (plan.Keys[key].Kind)
            {
                case GroupColumnKind.Time:
                    groups.Table.Key.Add(Cell.Of(_steps[key]![parts[key]]));
                    break;
                case GroupColumnKind.Level:
                    groups.Table.Key.Add(Cell.OfLevel(parts[key]));
                    break;
                default:
                    KeyTable table = rows.Tables[field++];
                    if (parts[key] == 0)
                        groups.Table.Key.Add(Cell.Missing);
                    else
                        groups.Table.Key.Add(table[parts[key] - 1]);
                    break;
            }
        }
        return groups.FindGroup();
    }

    private void Charge(ColumnRows rows)
    {
        long held = rows.Tables.Sum(t => t.Bytes) + _pairs.Sum(p => p.Bytes) + _steps.Sum(s => s?.Bytes ?? 0) + sizeof(int) * (long)_groups.Length;
        budget.Take(held - _held, GroupTable.What, GroupTable.Advice);
        _held = held;
    }
}

/// <summary>Numbers the steps of time that rows lie in. Rows come in runs of the same step, so the last one is remembered.</summary>
internal sealed class StepNumbers(long step)
{
    private readonly Dictionary<long, int> _known = [];
    private readonly List<long> _starts = [];

    public int Count => _starts.Count;

    public long Bytes => 64L * _starts.Count;

    public Instant this[int number] => new(_starts[number]);

    public void Number(ReadOnlySpan<long> times, Span<int> into)
    {
        (long first, long last, int number) = (1, 0, 0);
        for (int i = 0; i < times.Length; i++)
        {
            long time = times[i];
            if (time < first || time > last)
            {
                Int128 from = Numbers.Floor(time, step);
                (first, last) = ((long)Int128.Max(from, long.MinValue), (long)Int128.Min(from + step - 1, long.MaxValue));
                number = Of(first);
            }
            into[i] = number;
        }
    }

    private int Of(long start)
    {
        if (!_known.TryGetValue(start, out int number))
        {
            _known.Add(start, number = _starts.Count);
            _starts.Add(start);
        }
        return number;
    }
}

/// <summary>Numbers the different pairs of two numbers, by an array while that is small.</summary>
internal sealed class PairNumbers
{
    private const int MostPlaces = 1 << 22;

    private readonly Dictionary<(int, int), int> _sparse = [];
    private readonly List<(int First, int Second)> _pairs = [];

    /// <summary>The number plus one at first x width + second; null when that would be too large.</summary>
    private int[]? _dense = [];
    private int _width = 1;

    /// <summary>One above the greatest first that has come.</summary>
    private int _firsts;

    public int Count => _pairs.Count;

    public (int First, int Second) this[int number] => _pairs[number];

    public long Bytes => sizeof(int) * (long)(_dense?.Length ?? 0) + 8L * _pairs.Capacity + 40L * _sparse.Count;

    /// <param name="numbers">The first of each pair; replaced by the number of the pair.</param>
    /// <param name="second">The second.</param>
    /// <param name="count">One above the greatest second.</param>
    public void Number(Span<int> numbers, ReadOnlySpan<int> second, int count)
    {
        int last = 0;
        foreach (int number in numbers)
            _firsts = Math.Max(_firsts, number + 1);
        MakeRoom(count);
        for (int i = 0; i < numbers.Length; i++)
        {
            if (_dense is null)
            {
                // Rows with the same keys often follow one another.
                bool again = i > 0 && numbers[i] == last && second[i] == second[i - 1];
                last = numbers[i];
                numbers[i] = again ? numbers[i - 1] : OfSparse(numbers[i], second[i]);
                continue;
            }
            ref int number = ref _dense[numbers[i] * _width + second[i]];
            if (number == 0)
            {
                _pairs.Add((numbers[i], second[i]));
                number = _pairs.Count;
            }
            numbers[i] = number - 1;
        }
    }

    private int OfSparse(int first, int second)
    {
        if (!_sparse.TryGetValue((first, second), out int number))
        {
            _sparse.Add((first, second), number = _pairs.Count);
            _pairs.Add((first, second));
        }
        return number;
    }

    private void MakeRoom(int seconds)
    {
        if (_dense is null || seconds <= _width && (long)_firsts * _width <= _dense.Length)
            return;
        int width = _width;
        while (width < seconds)
            width *= 2;
        long places = Math.Max(2L * _dense.Length, (long)_firsts * width);
        if ((long)_firsts * width > MostPlaces)
        {
            for (int number = 0; number < _pairs.Count; number++)
                _sparse.Add(_pairs[number], number);
            _dense = null;
            return;
        }
        (_dense, _width) = (new int[Math.Min(places, MostPlaces)], width);
        for (int number = 0; number < _pairs.Count; number++)
            _dense[_pairs[number].First * width + _pairs[number].Second] = number + 1;
    }
}
