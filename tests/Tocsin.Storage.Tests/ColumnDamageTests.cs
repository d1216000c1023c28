using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

/// <summary>A damaged column costs what stands in it, and every answer that lacks something says so.</summary>
public sealed class ColumnDamageTests
{
    private const int Rows = 300;

    private static readonly FieldPath s_half = new("half"), s_service = new("service.name");

    [Fact]
    public void Rows_come_back_without_the_damaged_field()
    {
        using Store store = Filled();
        List<string> whole = Canonical(store, Predicate.All);
        Damage(store, ColumnRole.Field, "@body");
        List<string> rows = Canonical(store, Predicate.All);
        rows.ShouldBe(whole.Select(row => Without(row, "@body")));
        (store.LastReport!.BadBlocks, store.LastReport.Partial).ShouldBe((1, true));
        store.Database.Stats().Corruptions.ShouldBePositive();
    }

    [Theory]
    [InlineData(ColumnRole.ObservedDelay)]
    [InlineData(ColumnRole.Severity)]
    [InlineData(ColumnRole.TraceId)]
    [InlineData(ColumnRole.SpanId)]
    [InlineData(ColumnRole.Stream)]
    public void Rows_come_back_with_their_messages_when_another_column_is_damaged(object role)
    {
        using Store store = Filled();
        List<(string Body, RowId Id)> whole = store.Rows();
        Damage(store, (ColumnRole)role, "");
        store.Rows().ShouldBe(whole);
        store.LastReport!.Partial.ShouldBeTrue();
    }

    [Theory]
    [InlineData(ColumnRole.Time)]
    [InlineData(ColumnRole.Sequence)]
    public void Rows_without_their_order_are_left_out(object role)
    {
        using Store store = Filled();
        Damage(store, (ColumnRole)role, "");
        store.Rows().ShouldBeEmpty();
        store.LastReport!.BadBlocks.ShouldBe(1);
    }

    [Fact]
    public void A_condition_on_a_damaged_column_neither_holds_nor_fails()
    {
        using Store store = Filled();
        Predicate half = new FieldCompare(s_half, Comparison.Less, "10"), odd = new TextContains("odd");
        Damage(store, ColumnRole.Field, "half");
        foreach (Predicate unknown in (Predicate[])[half, new Not(half), new Not(new Not(half)), new And([odd, half]), new And([odd, new Not(half)]),
            new FieldExists(s_half), new Not(new FieldExists(s_half))])
        {
            store.Bodies(unknown).ShouldBeEmpty($"{unknown}");
            (store.LastReport!.BadBlocks, store.LastReport.Partial).ShouldBe((1, true), $"{unknown}");
        }
        store.Bodies(new Or([half, odd])).Count.ShouldBe(Rows / 2);
        store.LastReport!.Partial.ShouldBeTrue();
        store.Bodies(new Or([odd, new Not(half)])).Count.ShouldBe(Rows / 2);
    }

    [Fact]
    public void A_question_that_needs_no_damaged_column_is_answered_whole()
    {
        using Store store = Filled();
        Damage(store, ColumnRole.Field, "half");
        long rows = 0;
        ScanReport report = store.Database.Count(new ScanRequest { Dataset = Dataset.Logs, Where = new TextContains("odd") },
            TimeSpan.FromHours(1), (_, _, count) => rows += count, default);
        (rows, report.Partial).ShouldBe((Rows / 2, false));
    }

    [Fact]
    public void Counts_and_columns_say_that_a_condition_could_not_be_answered()
    {
        using Store store = Filled();
        Predicate half = new FieldCompare(s_half, Comparison.Less, "10");
        Damage(store, ColumnRole.Field, "half");
        var request = new ScanRequest { Dataset = Dataset.Logs, Where = half };
        (long counted, long scanned) = (0, 0);
        ScanReport counts = store.Database.Count(request, TimeSpan.FromHours(1), (_, _, rows) => counted += rows, default);
        ScanReport columns = store.Database.ScanColumns(
            request, new ColumnRequest([new KeyColumn(s_service)], []), () => new object(), (_, rows) => scanned += rows.Count, _ => { }, default);
        (counted, counts.BadBlocks, counts.Partial).ShouldBe((0, 1, true));
        (scanned, columns.BadBlocks, columns.Partial).ShouldBe((0, 1, true));
    }

    [Fact]
    public void Each_damaged_place_is_counted_once_however_often_it_is_met()
    {
        using Store store = Filled();
        Damage(store, ColumnRole.Field, "half");
        Damage(store, ColumnRole.TraceId, "");
        store.Database.Stats().Corruptions.ShouldBe(0);
        var grouped = new ColumnRequest([new KeyColumn(s_half)], []);
        for (int i = 0; i < 3; i++)
        {
            store.Bodies(new FieldCompare(s_half, Comparison.Less, "10")).ShouldBeEmpty();
            store.Rows().Count.ShouldBe(Rows);
            store.Database.ScanColumns(
                new ScanRequest { Dataset = Dataset.Logs }, grouped, () => new object(), (_, _) => { }, _ => { }, default).Partial.ShouldBeTrue();
            store.Database.Stats().Corruptions.ShouldBe(2);
        }
    }

    [Fact]
    public void Rows_are_counted_although_their_severities_are_damaged()
    {
        using Store store = Filled();
        Damage(store, ColumnRole.Severity, "");
        var counted = new SortedDictionary<int, long>();
        ScanReport report = store.Database.Count(new ScanRequest { Dataset = Dataset.Logs, Where = new TextContains("odd") },
            TimeSpan.FromSeconds(7), (_, family, rows) => counted[family] = counted.GetValueOrDefault(family) + rows, default);
        counted.ShouldBe(new Dictionary<int, long> { [0] = Rows / 2 });
        (report.BadBlocks, report.Partial).ShouldBe((1, true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(3600)]
    public void Matching_rows_are_counted_per_step_and_level(int seconds)
    {
        using Store store = Filled();
        long step = seconds * 1_000_000_000L;
        var request = new ScanRequest { Dataset = Dataset.Logs, Where = new TextContains("odd") };
        var expected = new SortedDictionary<(long, int), long>();
        store.Database.Scan(request, (in EventRow row, RowId id) =>
        {
            (long, int) key = ((long)Math.Floor(id.Time.UnixNanos / (double)step), Severity.Family(row.Severity));
            expected[key] = expected.GetValueOrDefault(key) + 1;
            return true;
        }, default);
        var counted = new SortedDictionary<(long, int), long>();
        store.Database.Count(request, TimeSpan.FromSeconds(seconds), (time, family, rows) =>
        {
            (long, int) key = ((long)Math.Floor(time.UnixNanos / (double)step), family);
            counted[key] = counted.GetValueOrDefault(key) + rows;
        }, default);
        counted.ShouldBe(expected);
        counted.Values.Sum().ShouldBe(Rows / 2);
    }

    [Fact]
    public void Streams_that_cannot_be_told_apart_are_unknown()
    {
        using Store store = Filled();
        Damage(store, ColumnRole.Stream, "");
        store.Bodies(new FieldEquals(s_service, "api")).ShouldBeEmpty();
        store.LastReport!.Partial.ShouldBeTrue();
        store.Bodies(new Not(new FieldEquals(s_service, "api"))).ShouldBeEmpty();
        store.LastReport!.Partial.ShouldBeTrue();
    }

    [Fact]
    public void A_merge_leaves_a_damaged_column_where_it_can_be_repaired()
    {
        using Store store = Filled();
        for (int i = 0; i < Limits.MergeAt; i++)
        {
            store.Append(Some.Log($"more {i}", 100 + i));
            store.Database.Seal(default);
        }
        List<string> whole = Canonical(store, Predicate.All);
        Action repair = Damage(store, ColumnRole.Field, "half");
        store.Database.Maintain(default);
        repair();
        Canonical(store, Predicate.All).ShouldBe(whole);
        store.LastReport!.Partial.ShouldBeFalse();
    }

    [Fact]
    public void A_deletion_whose_condition_cannot_be_answered_erases_nothing()
    {
        using Store store = Filled(o => o with { ReadCondition = _ => new FieldCompare(s_half, Comparison.Less, "10") });
        List<string> whole = Canonical(store, Predicate.All);
        Action repair = Damage(store, ColumnRole.Field, "half");
        store.Database.Delete(Dataset.Logs, "half < 10", TimeRange.Start, TimeRange.End);
        store.Database.Maintain(default);
        // Better hidden than shown.
        store.Bodies().ShouldBeEmpty();
        store.LastReport!.Partial.ShouldBeTrue();
        repair();
        Canonical(store, Predicate.All).ShouldBe(whole.Take(Rows - 20));
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void One_wrong_byte_invents_no_rows_and_hides_none_in_silence()
    {
        Predicate half = new FieldCompare(s_half, Comparison.Less, "10"), odd = new TextContains("odd");
        Predicate[] questions =
        [
            Predicate.All, half, new Not(half), odd, new Not(odd), new Or([half, odd]), new Not(new And([half, odd])),
            new SeverityRange(9, 12), new Not(new SeverityRange(9, 12)), new TraceIs(Some.TraceId(3)), new Not(new TraceIs(Some.TraceId(3))),
            new FieldEquals(s_service, "api"), new Not(new FieldEquals(s_service, "api")), new Not(new Or([new FieldExists(s_half), odd])),
        ];
        using Store store = Filled();
        List<RowId>[] whole = [.. questions.Select(q => Ids(store, q))];
        (string path, BlockHeader block) = Block(store);
        Random random = FuzzSeed.Random(41);
        int partial = 0;
        for (int i = 0; i < FuzzSeed.Cases(150); i++)
        {
            long place = block.Offset + random.Next(block.FilterOffset);
            Flip(store, path, place);
            store.Reopen();
            for (int q = 0; q < questions.Length; q++)
            {
                List<RowId> ids = Ids(store, questions[q]);
                partial += store.LastReport!.Partial ? 1 : 0;
                if (store.LastReport!.Partial)
                    ids.ShouldBeSubsetOf(whole[q], $"{questions[q]}, byte {place}");
                else
                    ids.ShouldBe(whole[q], $"{questions[q]}, byte {place}");
            }
            Flip(store, path, place);
        }
        partial.ShouldBeGreaterThan(100);
    }

    private static Store Filled(Func<DatabaseOptions, DatabaseOptions>? options = null)
    {
        var store = new Store(options: options);
        using var writer = new EventBatchWriter(Dataset.Logs);
        for (int i = 0; i < Rows; i++)
        {
            if (i % 10 == 0)
                Stream(writer, i % 20 == 0 ? "api" : "worker");
            Instant time = Some.Noon.Add(TimeSpan.FromMilliseconds(i));
            writer.BeginRow(time, time.Add(TimeSpan.FromMilliseconds(i % 7)), (byte)(i % 24 + 1), Some.TraceId(i % 9), Some.SpanId(i % 200));
            Add(writer, "@body", $"row {i} is {(i % 2 == 0 ? "even" : "odd")}");
            Add(writer, "half", i * 0.5);
            if (i % 3 == 0)
                Add(writer, "some", (long)i * i);
            writer.EndRow();
        }
        store.Append(writer.Encoded.ToArray()).ShouldBe(AppendResult.Stored);
        store.Database.Seal(default);
        return store;
    }

    private static void Stream(EventBatchWriter writer, string service)
    {
        writer.BeginStream();
        Add(writer, "service.name", service);
        writer.EndStream();
    }

    private static void Add(EventBatchWriter writer, string name, object value)
    {
        writer.Name(Encoding.UTF8.GetBytes(name));
        Some.Value(writer, value);
    }

    private static string Without(string row, string field)
    {
        string[] parts = row.Split(" | ");
        parts[1] = string.Join(';', parts[1].Split(';').Where(f => !f.StartsWith(field + "=", StringComparison.Ordinal)));
        return string.Join(" | ", parts);
    }

    private static List<string> Canonical(Store store, Predicate where)
    {
        var rows = new List<string>();
        store.Scan(where, (in EventRow row, RowId _) =>
        {
            rows.Add(Store.Canonical(row));
            return true;
        });
        return rows;
    }

    private static List<RowId> Ids(Store store, Predicate where) => [.. store.Rows(where).Select(r => r.Id)];

    /// <summary>Flips a bit in the middle of the only column of a role and name, in a store that remembers nothing; gives back what repairs it.</summary>
    private static Action Damage(Store store, ColumnRole role, string name)
    {
        (string path, BlockHeader block) = Block(store);
        SegmentFile file = SegmentFile.Open(store.Files, path, _ => { });
        ColumnEntry entry = BlockDirectory.Read(file, block).Entries.Single(e => e.Role == role && Encoding.UTF8.GetString(e.Name) == name);
        long place = block.Offset + block.DirectoryLength + entry.Offset + entry.StoredLength / 2;
        Flip(store, path, place);
        store.Reopen();
        return () =>
        {
            Flip(store, path, place);
            store.Reopen();
        };
    }

    private static (string Path, BlockHeader Block) Block(Store store)
    {
        string path = ((MemoryFileSystem)store.Files).Paths.Where(p => p.EndsWith(".seg", StringComparison.Ordinal)).Order().First();
        return (path, SegmentFile.Open(store.Files, path, _ => { }).Footer.Blocks.Single());
    }

    private static void Flip(Store store, string path, long place)
    {
        var files = (MemoryFileSystem)store.Files;
        byte[] bytes = files.ReadAll(path);
        bytes[place] ^= 0x10;
        files.WriteAll(path, bytes);
    }
}
