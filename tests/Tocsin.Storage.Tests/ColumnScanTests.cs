using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

/// <summary>Columns of a scan say what its rows say, in segments and in memory.</summary>
public sealed class ColumnScanTests : IDisposable
{
    private static readonly FieldPath s_user = new("user"), s_ms = new("ms"), s_service = new("service.name");

    private readonly Store _store = new();
    private readonly Dictionary<RowId, string> _rows = [];

    public ColumnScanTests()
    {
        var random = new Random(7);
        for (int batch = 0; batch < 12; batch++)
        {
            _store.Append([.. Enumerable.Range(0, 300).Select(i => new SomeLog($"row {i}", Some.Noon.Add(TimeSpan.FromSeconds(random.Next(4000))))
            {
                Severity = (byte)random.Next(25),
                Service = random.Next(2) == 0 ? "api" : "web",
                Attributes =
                [
                    ("user", random.Next(5) == 0 ? null : random.Next(3) > 0 ? $"user-{random.Next(900)}" : $"{"abc"[random.Next(3)]}"),
                    ("ms", random.Next(4) > 0 ? random.Next(100) / 4.0 : (long)random.Next(9)),
                ],
            })]);
            if (batch % 4 != 3)
                _store.Database.Seal(CancellationToken.None);
        }
        _store.Database.Scan(new ScanRequest { Dataset = Dataset.Logs }, (in EventRow row, RowId id) =>
        {
            _rows.Add(id, Text(row));
            return true;
        }, CancellationToken.None);
    }

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(3)]
    public void Every_row_has_its_keys_values_times_and_severity_also_when_tables_are_forgotten(int mostKept)
    {
        var columns = new ColumnRequest([new KeyColumn(s_user, null, MayForget: true), new KeyColumn(s_service)], [s_ms, s_user])
        {
            Times = true, Severities = true, Sequences = true, MostKept = mostKept,
        };
        var found = new Dictionary<RowId, string>();
        _store.Database.ScanColumns(new ScanRequest { Dataset = Dataset.Logs }, columns, () => new List<(RowId, string)>(), static (list, rows) =>
        {
            for (int row = 0; row < rows.Count; row++)
            {
                string user = KeyText(rows, 0, row);
                user.ShouldBe(rows.Values(1).Has(row) ? rows.Values(1).Other(row).ToString() : "");
                string ms = rows.Values(0).Kind(row) == ValueKind.Int ? $"{rows.Values(0).Bits(row)}" : $"{BitConverter.Int64BitsToDouble(rows.Values(0).Bits(row)):R}";
                list.Add((rows.Id(row), $"{rows.Times[row]} {rows.Severities[row]} {KeyText(rows, 1, row)} {user} {ms}"));
            }
        }, list => list.ForEach(r => found.Add(r.Item1, r.Item2)), CancellationToken.None);
        found.Count.ShouldBe(_rows.Count);
        foreach ((RowId id, string text) in _rows)
            found[id].ShouldBe(text);
    }

    [Fact]
    public void Rows_are_fetched_by_their_ids_in_the_order_asked_for()
    {
        RowId[] wanted = [.. _rows.Keys.OrderBy(id => id.Sequence % 17).ThenBy(id => id.Sequence).Take(200)];
        var found = new List<(RowId, string)>();
        _store.Database.Rows(Dataset.Logs, [.. wanted, new RowId(Some.Noon, 1_000_000)], null, (in EventRow row, RowId id) =>
        {
            found.Add((id, Text(row)));
            return true;
        }, CancellationToken.None);
        found.ShouldBe(wanted.Select(id => (id, _rows[id])));
    }

    [Fact]
    public void Values_are_counted_over_all_parts()
    {
        var counts = new Dictionary<string, long>();
        _store.Database.CountKeys(new ScanRequest { Dataset = Dataset.Logs }, s_user, (table, key, rows) =>
            counts[key == KeyTable.Missing ? "none" : table[key].Kind == ValueKind.Null ? "null" : table[key].ToString()] = rows, _ => { }, CancellationToken.None);
        Dictionary<string, long> expected = _rows.Values.Select(r => r.Split(' ')[3] is { Length: > 0 } user ? user : "null")
            .GroupBy(u => u).ToDictionary(g => g.Key, g => (long)g.Count());
        counts.OrderBy(c => c.Key).ShouldBe(expected.OrderBy(c => c.Key));
    }

    private static string KeyText(ColumnRows rows, int key, int row) =>
        rows.Keys(key)[row] == KeyTable.Missing ? "" : rows.Tables[key][rows.Keys(key)[row]].ToString();

    private static string Text(in EventRow row)
    {
        string ValueOf(in EventRow r, FieldPath path) => path.TryGet(r, out FieldValue value) ? value.ToString() : "";
        return $"{row.Time.UnixNanos} {row.Severity} {ValueOf(row, s_service)} {ValueOf(row, s_user)} {ValueOf(row, s_ms)}";
    }
}
