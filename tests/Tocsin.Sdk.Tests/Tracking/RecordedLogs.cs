using Microsoft.Extensions.Logging;

namespace TocsinSdk.Tests.Tracking;

internal sealed record RecordedLog(LogLevel Level, EventId EventId, string Message, Dictionary<string, object?> Fields)
{
    public object? this[string field] => Fields.GetValueOrDefault(field);
}

/// <summary>A logger factory that keeps everything.</summary>
internal sealed class RecordedLogs : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<RecordedLog> _records = [];

    public IReadOnlyList<RecordedLog> Records
    {
        get
        {
            lock (_lock)
                return [.. _records];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var fields = ((IReadOnlyList<KeyValuePair<string, object?>>)state!).ToDictionary(f => f.Key, f => f.Value);
        lock (_lock)
            _records.Add(new RecordedLog(logLevel, eventId, formatter(state, exception), fields));
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
