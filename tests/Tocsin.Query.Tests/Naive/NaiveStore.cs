using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Query.Answers;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Storage;
using Tocsin.Storage.Io;
using Tocsin.Storage.Segment;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Naive;

internal enum StoreStep
{
    None,
    Seal,
    Merge,
    Reopen,
}

/// <summary>What is stored, in which batches, and what becomes of them in between.</summary>
internal sealed record RandomData(Dataset Dataset, IReadOnlyList<(SomeLog[] Batch, StoreStep After)> Steps)
{
    private static readonly int[] s_blockRows = [2, 5, 16, 1000];

    public int BlockRows { get; init; } = 1000;

    public bool IsCached { get; init; } = true;

    public int Rows => Steps.Sum(s => s.Batch.Length);

    public static RandomData Next(Random random)
    {
        Dataset dataset = random.Next(4) == 0 ? Dataset.Spans : Dataset.Logs;
        var records = new RandomRecords(random, dataset);
        var steps = new List<(SomeLog[], StoreStep)>();
        void Add(int batches, int most, Func<StoreStep> after)
        {
            for (int i = 0; i < batches; i++)
                steps.Add((records.Next(most), after()));
        }

        switch (random.Next(60))
        {
            case 0: // So many that columns lie in all ways they can.
                records = new RandomRecords(random, dataset, many: true);
                Add(3, 600, () => StoreStep.None);
                steps.Add((records.Next(20), StoreStep.Seal));
                return new RandomData(dataset, steps) { BlockRows = random.Next(3) == 0 ? 64 : 2000 };
            case < 15: // In memory, perhaps replayed from the log.
                Add(random.Next(1, 5), 20, () => random.Next(4) == 0 ? StoreStep.Reopen : StoreStep.None);
                break;
            case < 30: // A few segments, and memory.
                Add(random.Next(1, 6), 20, () => (StoreStep)random.Next(2));
                break;
            case < 45: // Merged, with some that came later.
                Add(Limits.MergeAt, 8, () => StoreStep.Seal);
                steps.Add((records.Next(8), StoreStep.Merge));
                Add(random.Next(3), 8, () => (StoreStep)random.Next(2));
                break;
            default: // One segment.
                Add(random.Next(1, 3), 40, () => StoreStep.None);
                steps.Add((records.Next(20), StoreStep.Seal));
                Add(random.Next(2), 1, () => StoreStep.Reopen);
                break;
        }
        return new RandomData(dataset, steps) { BlockRows = s_blockRows[random.Next(s_blockRows.Length)], IsCached = random.Next(4) > 0 };
    }
}

/// <summary>Records in a real database and in a list, and queries asked of both.</summary>
internal sealed class NaiveStore : IDisposable
{
    private static readonly string[] s_objects = [Shape.Attributes, Shape.Resource];

    private readonly FakeClock _clock = new();
    private readonly DatabaseOptions _options;
    private readonly IFileSystem _files;
    private readonly List<NaiveRow> _records = [];
    private Database _database;
    private QueryEngine _engine;

    /// <param name="data">What is stored.</param>
    /// <param name="folder">On disk; in memory when there is none.</param>
    public NaiveStore(RandomData data, string? folder = null)
    {
        _files = folder is null ? new MemoryFileSystem() : new DiskFileSystem();
        _options = new DatabaseOptions
        {
            Directory = folder ?? "/data", MinFreeBytes = 0, BlockRows = data.BlockRows, CacheBytes = data.IsCached ? Limits.CacheBytes : 0,
        };
        // Upkeep expires what is long ago; only where nothing is to be kept up, rows of all days share a segment.
        if (data.Steps.Any(s => s.After == StoreStep.Merge))
            _options = _options with { LogRetention = TimeSpan.FromDays(124_000), SpanRetention = TimeSpan.FromDays(124_000) };
        (_database, _engine) = Open();
        foreach ((SomeLog[] batch, StoreStep after) in data.Steps)
        {
            if (batch.Length > 0)
                Append(batch);
            Do(after);
        }
    }

    public IReadOnlyList<NaiveRow> Records => _records;

    public long Segments => _database.Stats().Segments;

    /// <summary>How the columns of all segments lie.</summary>
    public IReadOnlySet<ColumnEncoding> Encodings()
    {
        var found = new HashSet<ColumnEncoding>();
        void Look(string folder)
        {
            foreach (string path in _files.Files(folder).Where(f => f.EndsWith(".seg", StringComparison.Ordinal)).Select(f => $"{folder}/{f}"))
            {
                SegmentFile segment = SegmentFile.Open(_files, path, _ => { });
                foreach (BlockHeader block in segment.Footer.Blocks)
                    found.UnionWith(BlockDirectory.Read(segment, block).Entries.Select(e => e.Encoding));
            }
            foreach (string inner in _files.Directories(folder))
                Look($"{folder}/{inner}");
        }

        Look(_options.Directory);
        return found;
    }

    public static QueryRequest NextRequest(Random random, RandomData data)
    {
        SomeLog[] logs = [.. data.Steps.SelectMany(s => s.Batch)];
        Instant Bound() => logs.Length > 0 && random.Next(2) == 0
            ? logs[random.Next(logs.Length)].Time
            : Some.Noon.Add(TimeSpan.FromSeconds(random.Next(-100, 3700)));
        var request = new QueryRequest
        {
            Dataset = data.Dataset,
            RowsAtFirst = random.Next(2) == 0 ? random.Next(6) : 20_000,
            MaxRows = random.Next(8) == 0 ? random.Next(5) : long.MaxValue,
        };
        switch (random.Next(6))
        {
            case 0 or 1:
                return request;
            case 2 or 3:
                return request with { From = Some.Noon, To = Some.Noon.Add(TimeSpan.FromHours(1)) };
            default:
                (Instant from, Instant to) = (Bound(), Bound());
                return to < from ? request with { From = to, To = from } : request with { From = from, To = to };
        }
    }

    /// <summary>Null when the query gives what the naive evaluator gives; else both.</summary>
    public string? Difference(QueryPlan plan, QueryRequest request)
    {
        try
        {
            return Compare(plan, request);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{error}";
        }
    }

    public void Dispose() => _database.Dispose();

    private string? Compare(QueryPlan plan, QueryRequest request)
    {
        QueryTextResult read = QueryText.Parse(plan.ToString());
        if (read.Plan != plan)
            return $"it reads back as {read.Plan?.ToString() ?? read.Error!.Message}";
        var found = new TableSink();
        QueryReport report = _engine.Run(read.Plan, request, found, CancellationToken.None);
        if (report.Refused is not null || report.Partial)
            return report.Refused ?? "the answer is partial";
        List<NaiveRow> expected = new NaiveQuery(request.From, request.To).Run(plan, _records);
        if (report.Truncated != expected.Count > request.MaxRows)
            return $"{expected.Count} rows are expected of which {request.MaxRows} may be shown; truncated: {report.Truncated}";
        int[] shown = [.. Enumerable.Range(0, found.Names.Count).Where(i => !s_objects.Contains(found.Names[i]))];
        object?[][] got = [.. found.Rows.Select(r => shown.Select(i => NaiveExpression.Value(r[i])).ToArray())];
        object?[][] want =
        [
            .. expected.Take((int)Math.Min(request.MaxRows, int.MaxValue))
                .Select(r => shown.Select(i => found.Names[i] == "message" ? r.Message() : r.Get(found.Names[i])).ToArray()),
        ];
        int same = got.Zip(want).TakeWhile(p => p.First.Zip(p.Second).All(c => IsSame(c.First, c.Second))).Count();
        return same == got.Length && same == want.Length ? null
            : $"columns {string.Join(", ", shown.Select(i => found.Names[i]))}\n{got.Length} rows, expected {want.Length}; row {same}:\n"
                + $"got      {Show(got.ElementAtOrDefault(same))}\nexpected {Show(want.ElementAtOrDefault(same))}";
    }

    /// <summary>Of numbers that are equal, any may be the least or the middle one.</summary>
    private static bool IsSame(object? got, object? want) => Equals(got, want) || NaiveValue.Show(got) == NaiveValue.Show(want)
        || got is long or double && want is long or double && NaiveNumber.Order(got, want) == 0;

    private static string Show(object?[]? row) => row is null ? "" : string.Join(" | ", row.Select(NaiveValue.Show));

    private (Database, QueryEngine) Open()
    {
        Database database = Database.Open(_options, _files, _clock, new MetricSet());
        return (database, new QueryEngine(database, _clock));
    }

    private void Append(SomeLog[] batch)
    {
        AppendResult result = _database.Append(Some.Batch(batch), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (result != AppendResult.Stored)
            throw new InvalidOperationException($"a batch was not stored: {result}");
        // A batch holds its rows by stream.
        int before = _records.Count;
        _records.AddRange(batch.GroupBy(l => (l.Service, l.Host)).SelectMany(g => g).Select((l, at) => new NaiveRow(l, before + at)));
    }

    private void Do(StoreStep step)
    {
        switch (step)
        {
            case StoreStep.Seal:
                _database.Seal(CancellationToken.None);
                break;
            case StoreStep.Merge:
                _database.Seal(CancellationToken.None);
                _database.Maintain(CancellationToken.None);
                break;
            case StoreStep.Reopen:
                _database.Dispose();
                (_database, _engine) = Open();
                break;
        }
    }
}
