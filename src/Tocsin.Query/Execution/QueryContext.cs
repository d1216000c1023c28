using Tocsin.Model;
using Tocsin.Storage;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>What the operators of one running query share. One thread.</summary>
internal sealed class QueryContext(
    Database database, QueryRequest request, Instant now, MemoryBudget budget, CancellationToken cancel) : IDisposable
{
    public const int MaxNotes = 10;

    private readonly List<string> _notes = [];

    public Database Database => database;

    public QueryRequest Request => request;

    public Instant Now => now;

    public CancellationToken Cancel => cancel;

    public MemoryBudget Budget => budget;

    /// <summary>What scans beside the first one had to do.</summary>
    public ScanReport FurtherScans { get; private set; } = QueryReport.None;

    public void AddScan(ScanReport report) => FurtherScans = QueryReport.Sum(FurtherScans, report);

    /// <summary>What looking at the time before took.</summary>
    public ScanReport EarlierScans { get; private set; } = QueryReport.None;

    public void AddEarlier(ScanReport report) => EarlierScans = QueryReport.Sum(EarlierScans, report);

    /// <summary>Sentences for the reader of the answer: what was left out, and why.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>True when the range has no end of its own on either side.</summary>
    public bool IsEndless => request.From.UnixNanos == long.MinValue || request.To.UnixNanos == long.MaxValue;

    /// <summary>For another question of the same query. Its budget is this one's, so it is not to be disposed.</summary>
    public QueryContext Of(QueryRequest other) => new(database, other, now, budget, cancel);

    public void Dispose() => budget.Dispose();

    public void Note(string sentence)
    {
        if (_notes.Count < MaxNotes && !_notes.Contains(sentence))
            _notes.Add(sentence);
    }
}
