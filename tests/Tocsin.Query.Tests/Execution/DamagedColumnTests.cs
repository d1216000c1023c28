using System.Text;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Query.Answers;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Storage;
using Tocsin.Storage.Io;
using Tocsin.Storage.Segment;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Execution;

/// <summary>
/// On a file on disk of which a column is damaged, groups that columns feed lose what groups that rows feed lose: the values of that
/// column, and nothing else.
/// </summary>
public sealed class DamagedColumnTests : IDisposable
{
    private const int Records = 400;

    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-damage-").FullName;
    private readonly FakeClock _clock = new();
    private readonly Database _database;

    public DamagedColumnTests()
    {
        _database = Open();
        SomeLog[] logs =
        [
            .. Enumerable.Range(0, Records).Select(i => Some.Log($"GET /{i % 5} in {i * 7}ms", i) with
            {
                Severity = (byte)(i % 20 + 1), Service = i % 3 == 0 ? "api" : "web", TraceId = Some.TraceId(i % 50),
                Attributes = [("path", $"/{i % 7}"), ("ms", i * 3 % 400), ("took", i * 0.25), ("user", $"user {i} of {i * i}")],
            }),
        ];
        _database.Append(Some.Batch(logs), CancellationToken.None).AsTask().GetAwaiter().GetResult().ShouldBe(AppendResult.Stored);
        _database.Seal(CancellationToken.None);
    }

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("path", "stats count() by path")]
    [InlineData("path", "stats count(), sum(ms), first(took) by path, service")]
    [InlineData("path", "stats count() by service, path, level")]
    [InlineData("path", "top 3 path by service")]
    [InlineData("path", "timechart 10m count() by path")]
    [InlineData("path", "stats distinct(path), count(path), values(path), count() by service")]
    [InlineData("ms", "stats sum(ms), count(), max(took) by path")]
    [InlineData("ms", "timechart 1m avg(ms), count()")]
    [InlineData("took", "stats p95(took), min(took), max(ms) by service")]
    [InlineData("user", "stats count() by user")]
    [InlineData("user", "dedup user | fields user, path, ms")]
    [InlineData("ms", "sort -ms, took | limit 5 | fields ms, took")]
    [InlineData("user", "sort -ms, took | limit 5 | fields ms, user")]
    [InlineData("took", "dedup path | fields path, took")]
    [InlineData("@body", "patterns | fields pattern, count, level, first, last")]
    [InlineData("@body", "stats count(), distinct(message) by path")]
    [InlineData("stream", "stats count(), sum(ms) by service, path")]
    [InlineData("severity", "stats count(), max(level), sum(ms) by level")]
    [InlineData("severity", "timechart 1m count() by level, path")]
    public void Groups_lack_the_values_of_the_damaged_column_alone(string column, string pipes)
    {
        string[] untouched = Answer($"* | {pipes}", out QueryReport report);
        report.Partial.ShouldBeFalse();
        Damage(column);
        using Database database = Open(readOnlyCopy: true);
        string[] byColumns = Answer(database, $"* | {pipes}", out report);
        (report.BadBlocks, report.Partial).ShouldBe((1, true));
        string[] byRows = Answer(database, $"* | extend nothing = 1 | {pipes}", out QueryReport ofRows);
        (ofRows.BadBlocks, ofRows.Partial).ShouldBe((1, true));
        byColumns.ShouldBe(byRows);
        byColumns.ShouldNotBe(untouched);
    }

    [Fact]
    public void What_does_not_ask_for_the_damaged_column_is_whole()
    {
        string[] untouched = Answer("GET | stats count(), sum(ms) by service", out _);
        Damage("path");
        using Database database = Open(readOnlyCopy: true);
        Answer(database, "GET | stats count(), sum(ms) by service", out QueryReport report).ShouldBe(untouched);
        report.Partial.ShouldBeFalse();
    }

    private string[] Answer(string query, out QueryReport report) => Answer(_database, query, out report);

    private string[] Answer(Database database, string query, out QueryReport report)
    {
        var sink = new TableSink();
        report = new QueryEngine(database, _clock).Run(QueryText.Parse(query).Plan!,
            new QueryRequest { From = Some.Noon, To = Some.Noon.Add(TimeSpan.FromHours(1)), RowsAtFirst = 10 }, sink, CancellationToken.None);
        return [.. sink.Rows.Select(r => string.Join(" | ", r.Select(QueryDesk.Show)))];
    }

    private Database Open(bool readOnlyCopy = false) => Database.Open(
        new DatabaseOptions { Directory = readOnlyCopy ? _folder + "/copy" : _folder + "/data", MinFreeBytes = 0, CacheBytes = readOnlyCopy ? 0 : Limits.CacheBytes },
        new DiskFileSystem(), _clock, new MetricSet());

    /// <summary>Makes a copy of the files in which a byte in the middle of the column is another one.</summary>
    private void Damage(string column)
    {
        foreach (string file in Directory.EnumerateFiles(_folder + "/data", "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("lock", StringComparison.Ordinal)))
        {
            string copy = file.Replace(_folder + "/data", _folder + "/copy");
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        string path = Directory.EnumerateFiles(_folder + "/copy", "*.seg", SearchOption.AllDirectories).ShouldHaveSingleItem();
        SegmentFile segment = SegmentFile.Open(new DiskFileSystem(), path, _ => { });
        BlockHeader block = segment.Footer.Blocks.ShouldHaveSingleItem();
        ColumnEntry entry = BlockDirectory.Read(segment, block).Entries.Single(e => column switch
        {
            "stream" => e.Role == ColumnRole.Stream,
            "severity" => e.Role == ColumnRole.Severity,
            _ => e.Role == ColumnRole.Field && Encoding.UTF8.GetString(e.Name) == column,
        });
        using FileStream stream = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Position = block.Offset + block.DirectoryLength + entry.Offset + entry.StoredLength / 2;
        int old = stream.ReadByte();
        stream.Position--;
        stream.WriteByte((byte)(old ^ 0x10));
    }
}
