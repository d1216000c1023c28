namespace TocsinSdk.Analysis;

/// <summary>One captured exception as the debug page shows it; every text redacted and cut.</summary>
internal sealed record RecentError(
    string Id, DateTimeOffset Time, string Type, string Message, string? Stack, ErrorAnalysis? Analysis,
    string? TraceId, string? RequestId, IReadOnlyList<KeyValuePair<string, string>> Circumstances);

/// <summary>The last <see cref="Capacity"/> captured exceptions. Any thread.</summary>
internal sealed class RecentErrors
{
    public const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly Queue<RecentError> _errors = new();

    public void Add(RecentError error)
    {
        lock (_lock)
        {
            _errors.Enqueue(error);
            if (_errors.Count > Capacity)
                _errors.Dequeue();
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RecentError> Newest()
    {
        lock (_lock)
            return [.. _errors.Reverse()];
    }
}
