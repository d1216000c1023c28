using System.Diagnostics;
using TocsinSdk.Metrics;

namespace TocsinSdk;

/// <summary>One run of a task, by <see cref="Tocsin.Task"/>; disposing it ends the run.</summary>
public sealed class TimedTask : IDisposable
{
    private readonly KeyValuePair<string, object?> _name;
    private readonly long _began = Stopwatch.GetTimestamp();
    private string? _error;
    private int _ended;

    internal TimedTask(string name)
    {
        _name = new("task.name", name);
        WorkMeters.TasksActive.Add(1, _name);
    }

    /// <summary>Marks the run as failed: its duration gets error_type, the full name of the exception's class.</summary>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _error = exception.GetType().FullName;
    }

    /// <summary>Ends the run; calling it again changes nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        WorkMeters.TasksActive.Add(-1, _name);
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        if (_error is null)
            WorkMeters.TaskDuration.Record(seconds, _name);
        else
            WorkMeters.TaskDuration.Record(seconds, _name, new("error.type", _error));
    }
}
