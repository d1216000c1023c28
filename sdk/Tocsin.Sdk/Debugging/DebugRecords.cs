using TocsinSdk.Logging;
using TocsinSdk.Redaction;

namespace TocsinSdk.Debugging;

/// <summary>
/// What the page under /debug shows of the time before it was looked at. Nothing is kept before <see cref="Open"/>: a
/// process whose page nobody may see pays nothing. Any thread.
/// </summary>
internal sealed class DebugRecords
{
    private readonly TocsinLoggerProvider _logs;
    private int _open;

    public DebugRecords(DebugOptions options, TocsinLoggerProvider logs, Redactor redactor)
    {
        _logs = logs;
        Logs = new LogRing(options.LogBytes, Errors, Sessions);
        Spans = new SpanRing(options.SpanBytes, redactor, Operations);
    }

    public ErrorGroups Errors { get; } = new();
    public SessionTable Sessions { get; } = new();
    public OperationTable Operations { get; } = new();
    public LogRing Logs { get; }
    public SpanRing Spans { get; }

    /// <summary>Keeps records from now on, to the end of the process; calling it again changes nothing.</summary>
    public void Open()
    {
        if (Interlocked.Exchange(ref _open, 1) != 0)
            return;
        _logs.Add(Logs);
        Spans.Open();
    }
}
