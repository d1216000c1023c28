using System.Text;
using TocsinSdk.Logging;

namespace TocsinSdk.Debugging;

/// <summary>Errors of one kind: how often, since when, and the newest record.</summary>
internal sealed record ErrorGroup(string Kind, string? ErrorType, long Count, DateTimeOffset First, DateTimeOffset Last, LogLine Newest)
{
    /// <summary>The newest exception; null when the record had none.</summary>
    public Exception? Exception { get; init; }
}

/// <summary>
/// The errors of the last time, one entry for those that come from the same place; the 100 seen last. Any thread.
/// </summary>
internal sealed class ErrorGroups
{
    public const int Max = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ErrorGroup> _groups = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_lock)
                return _groups.Count;
        }
    }

    public void Note(LogEvent e, LogLine line)
    {
        var kind = KindOf(e);
        lock (_lock)
        {
            var before = _groups.GetValueOrDefault(kind);
            _groups[kind] = new ErrorGroup(kind, e.Exception?.GetType().FullName, (before?.Count ?? 0) + 1,
                before?.First ?? e.Time, e.Time, line) { Exception = e.Exception };
            if (_groups.Count > Max)
                _groups.Remove(_groups.Values.MinBy(static g => g.Last)!.Kind);
        }
    }

    /// <summary>The one seen last first.</summary>
    public List<ErrorGroup> Read()
    {
        lock (_lock)
            return [.. _groups.Values.OrderByDescending(static g => g.Last)];
    }

    // Where it was logged, what was thrown, and where that came from.
    private static string KindOf(LogEvent e)
    {
        var stack = (e.Exception?.StackTrace ?? "").AsSpan();
        var end = stack.IndexOf('\n');
        var site = e.Exception is null ? "" : (end < 0 ? stack : stack[..end]).Trim().ToString();
        var said = e.Template ?? Encoding.UTF8.GetString(e.Message.Length > 200 ? e.Message[..200] : e.Message);
        return $"{e.Category}|{said}|{e.Exception?.GetType().FullName}|{site}";
    }
}
