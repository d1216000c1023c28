using System.Globalization;
using System.Runtime.CompilerServices;
using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Aggregates;

/// <summary>Counts rows per equal part of the query's time range, oldest first; missing when the range has no end.</summary>
internal sealed class Trend(MemoryBudget budget, QueryRequest request) : Accumulator
{
    public const int Parts = 24;

    private readonly Slots<Counts> _counts = new(budget, Parts * sizeof(long));
    private readonly long _from = request.From.UnixNanos;

    /// <summary>Nanoseconds of a part, rounded up so that there are never more; 0 without end.</summary>
    private readonly ulong _step = request.From.UnixNanos == long.MinValue || request.To.UnixNanos == long.MaxValue
        ? 0 : ((ulong)(request.To.UnixNanos - request.From.UnixNanos) + Parts - 1) / Parts;

    public override void Grow(int groups)
    {
        if (_step > 0)
            _counts.Grow(groups);
    }

    /// <summary>Rows come in runs of the same part, so the last one is remembered.</summary>
    public override void AddRows(ReadOnlySpan<int> groups, ColumnRows rows)
    {
        if (_step == 0)
            return;
        ReadOnlySpan<long> times = rows.Times;
        (ulong start, int part) = (0, 0);
        for (int row = 0; row < groups.Length; row++)
        {
            ulong since = (ulong)(times[row] - _from);
            if (since - start >= _step)
            {
                part = (int)(since / _step);
                start = (ulong)part * _step;
            }
            _counts[groups[row]][part]++;
        }
    }

    /// <summary>Times outside of the range, as a pipe may have set them, count nowhere.</summary>
    public override void AddOther(int group, in Cell value)
    {
        if (_step > 0 && value.Kind == CellKind.Time && value.AsInt >= _from && value.AsInt < request.To.UnixNanos)
            _counts[group][(int)((ulong)(value.AsInt - _from) / _step)]++;
    }

    public override void Merge(Accumulator other, int from, int into)
    {
        if (_step == 0)
            return;
        ref Counts counts = ref ((Trend)other)._counts[from];
        for (int part = 0; part < Parts; part++)
            _counts[into][part] += counts[part];
    }

    public override void Add(int group, long value)
    {
    }

    public override void Add(int group, double value)
    {
    }

    public override void Add(int group, ReadOnlySpan<byte> utf8)
    {
    }

    public override Cell Result(int group)
    {
        if (_step == 0)
            return Cell.Missing;
        string[] counts = new string[Parts];
        for (int part = 0; part < Parts; part++)
            counts[part] = _counts[group][part].ToString(CultureInfo.InvariantCulture);
        return Cell.OfJson($"[{string.Join(',', counts)}]");
    }

    [InlineArray(Parts)]
    private struct Counts
    {
        private long _first;
    }
}
