using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

/// <summary>
/// The store against a list: whatever is appended, sealed, merged and reopened, the same rows come back.
/// </summary>
public sealed class RoundTripTests
{
    private static readonly Predicate[] s_predicates =
    [
        Predicate.All,
        new TextContains("timeout"),
        new TextContains("reset by"),
        new TextContains("ünïcode"),
        new TextMatches("us*"),
        new SeverityRange(17, 20),
        new TraceIs(Some.TraceId(2)),
        new SpanIs(Some.SpanId(77)),
        new FieldEquals(new FieldPath("f5"), "GET"),
        new FieldContains(new FieldPath("f7"), "500"),
        new FieldContains(new FieldPath("res.1"), "user"),
        new FieldExists(new FieldPath("f8.k1")),
        new FieldCompare(new FieldPath("f2"), Comparison.GreaterOrEqual, "2"),
        new Not(new FieldExists(new FieldPath("f6"))),
        new And([new SeverityRange(0, 12),
            new Or([new TextContains("user"), new FieldContains(new FieldPath("f6"), "CONSTANT")])]),
    ];

    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Random_histories_lose_and_repeat_nothing(int seed)
    {
        var random = FuzzSeed.Random(seed);
        var batches = new RandomBatches(seed);
        // Absurd times are kept apart: expiry would rightly drop them.
        using var store = new Store(options: o =>
            o with { LogRetention = TimeSpan.FromDays(200_000), WalFileBytes = 20_000 });
        var model = new List<(RowId Id, byte[] Row, byte[] Stream)>();
        ulong sequence = 1;
        for (int step = 0; step < 60; step++)
        {
            switch (random.Next(12))
            {
                case 0:
                    store.Database.Seal(CancellationToken.None);
                    break;
                case 1:
                    store.Reopen();
                    break;
                case 2:
                    store.Clock.Advance(TimeSpan.FromMinutes(10));
                    store.Database.Maintain(CancellationToken.None);
                    break;
                default:
                    byte[] batch = batches.Next();
                    store.Append(batch).ShouldBe(AppendResult.Stored);
                    var reader = new EventBatchReader(batch);
                    while (reader.MoveNext())
                        model.Add((new RowId(reader.Row.Time, sequence++), reader.Row.Encoded.ToArray(),
                            reader.Row.Stream.ToArray()));
                    break;
            }
            if (step % 10 == 9)
                Compare(store, model);
        }
        store.Database.Stats().Rows.ShouldBe(model.Count);
        store.Database.Stats().Corruptions.ShouldBe(0);
        store.Metrics.Total("tocsin_storage_sealed_rows_total").ShouldBePositive();
    }

    private static void Compare(Store store, List<(RowId Id, byte[] Row, byte[] Stream)> model)
    {
        foreach (Predicate where in s_predicates)
        {
            List<(RowId Id, string Text)> want =
            [
                .. model.Where(r => where.Matches(new EventRow(r.Row, r.Stream)))
                    .OrderByDescending(r => r.Id).Select(r => (r.Id, Store.Canonical(new EventRow(r.Row, r.Stream)))),
            ];
            Same(Read(store, where, r => r), want, where);
            Same(Read(store, where, r => r with { OldestFirst = true }), want.AsEnumerable().Reverse(), where);
            Same(Read(store, where, r => r with { AnyOrder = true }).OrderByDescending(r => r.Id), want, where);
            if (want.Count > 0)
            {
                RowId middle = want[want.Count / 2].Id;
                Same(Read(store, where, r => r with { After = middle }), want.Where(r => r.Id < middle), where);
                Same(Read(store, where, r => r with { To = middle.Time }),
                    want.Where(r => r.Id.Time.IsBefore(middle.Time)), where);
            }
            var counted = new long[7];
            store.Database.Count(
                new ScanRequest { Dataset = Dataset.Logs, Where = where }, TimeSpan.FromMinutes(5),
                (_, family, rows) => counted[family] += rows, CancellationToken.None);
            counted.Sum().ShouldBe(want.Count, where.ToString());
        }
    }

    private static void Same(IEnumerable<(RowId, string)> got, IEnumerable<(RowId, string)> want, Predicate where)
    {
        List<(RowId, string)> a = [.. got], b = [.. want];
        a.Count.ShouldBe(b.Count, where.ToString());
        for (int i = 0; i < a.Count; i++)
            a[i].ShouldBe(b[i], where.ToString());
    }

    private static List<(RowId Id, string Text)> Read(Store store, Predicate where, Func<ScanRequest,
        ScanRequest> change)
    {
        var rows = new List<(RowId, string)>();
        ScanReport report = store.Database.Scan(
            change(new ScanRequest { Dataset = Dataset.Logs, Where = where }),
            (in EventRow row, RowId id) =>
            {
                rows.Add((id, Store.Canonical(row)));
                return true;
            },
            CancellationToken.None);
        report.Partial.ShouldBeFalse();
        return rows;
    }
}
