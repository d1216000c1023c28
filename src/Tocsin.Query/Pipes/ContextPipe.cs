using System.Globalization;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>
/// context 5: each record with so many before and after it of the same stream (service, host, process), newest first;
/// the column hit tells them apart.
/// </summary>
public sealed record ContextPipe(long Count) : Pipe
{
    /// <summary>Hits whose surroundings are shown; the scan stops there.</summary>
    public const int MostHits = 100;

    public const string HitColumn = "hit";

    private const long Usual = 5;

    /// <summary>How far from a hit a neighbour may be.</summary>
    private static readonly TimeSpan s_reach = TimeSpan.FromHours(1);

    public override string Verb => "context";

    internal override bool Streams => false;

    internal override bool NeedsRecords => true;

    internal static Pipe Parse(PipeParser parser) =>
        new ContextPipe(parser.AtEnd ? Usual : parser.Whole("a number of records from 0 to 1000", 0, 1000));

    internal override Shape After(Shape before) => before.With([HitColumn]);

    internal override void AddFields(FieldUse use) => use.All = true;

    internal override Operator Build(PipeBuild build, Operator next) => new Run(Count, build.Context, next);

    private protected override string Arguments() => Count.ToString(CultureInfo.InvariantCulture);

    private sealed class Run(long count, QueryContext context, Operator next) : Operator
    {
        private readonly SortedDictionary<RowId, KeptRow> _rows =
            new(Comparer<RowId>.Create(static (a, b) => b.CompareTo(a)));
        private readonly HashSet<RowId> _hits = [];

        public override bool Push(in PipeRow row)
        {
            if (!row.HasEvent)
                return true;
            if (_hits.Count == MostHits)
            {
                context.Note($"the surroundings of the first {MostHits} records are shown");
                return false;
            }
            _hits.Add(row.Id);
            Keep(row);
            return true;
        }

        public override void Finish()
        {
            foreach (RowId hit in _hits.ToList())
            {
                ReadOnlyMemory<byte> stream = _rows[hit].Stream;
                Look(hit, stream, after: true);
                Look(hit, stream, after: false);
            }
            var set = new Overlay();
            foreach (KeptRow kept in _rows.Values)
            {
                PipeRow row = kept.Row;
                set.CopyFrom(row.Set);
                set.Set(HitColumn, Cell.Of(_hits.Contains(row.Id)));
                if (!next.Push(row.With(set)))
                    break;
            }
            next.Finish();
        }

        private void Look(RowId hit, ReadOnlyMemory<byte> stream, bool after)
        {
            long found = 0;
            var request = new ScanRequest
            {
                Dataset = context.Request.Dataset, OldestFirst = after, After = hit, Where = SameStream(stream.Span),
                From = Reach(hit.Time, -s_reach), To = Reach(hit.Time, s_reach),
            };
            ScanReport report = context.Database.Scan(request, (in EventRow row, RowId id) =>
            {
                if (found >= count)
                    return false;
                if (!row.Stream.SequenceEqual(stream.Span))
                    return true;
                found++;
                if (!_rows.ContainsKey(id))
                    Keep(new PipeRow(row, id, Overlay.Empty));
                return found < count;
            }, context.Cancel);
            context.AddScan(report);
        }

        private void Keep(in PipeRow row)
        {
            var kept = new KeptRow(row);
            context.Budget.Take(kept.Bytes, "the records around the hits", "ask for fewer records or hits");
            _rows[row.Id] = kept;
        }

        private static Instant Reach(Instant time, TimeSpan by) =>
            new((long)Int128.Clamp((Int128)time.UnixNanos + by.Ticks * 100, long.MinValue, long.MaxValue));

        /// <summary>Lets the scan leave out blocks of other streams; the bytes decide.</summary>
        private static Predicate SameStream(ReadOnlySpan<byte> stream)
        {
            var parts = new List<Predicate>();
            foreach (string name in new[] { "service.name", "host.name", "service.instance.id" })
            {
                if (FieldReader.TryGet(stream, System.Text.Encoding.UTF8.GetBytes(name), out FieldValue value)
                    && value.Kind == ValueKind.String)
                    parts.Add(new FieldEquals(new FieldPath(name), value.ToString()));
            }
            return new And(parts);
        }
    }
}
