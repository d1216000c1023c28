using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.Logging;

internal sealed class TocsinLogger : ILogger
{
    private const int Levels = (int)LogLevel.Critical + 1;

    private readonly TocsinLoggerProvider _provider;
    private readonly FieldKey _category;

    // The framework says a great deal at Debug for every request, which nobody looks for when the application fails.
    private readonly bool _isFrameworks;

    /// <summary>The sinks of each level.</summary>
    private volatile ILogSink[][] _sinks = [];

    /// <summary>One bit per level that has sinks.</summary>
    private volatile int _on;

    private readonly bool _isRequests;

    public TocsinLogger(TocsinLoggerProvider provider, string category)
    {
        (_provider, _category) = (provider, provider.Filling.KeyOf(category));
        _isFrameworks = category.StartsWith("Microsoft.", StringComparison.Ordinal)
            || category.StartsWith("System.", StringComparison.Ordinal);
        _isRequests = category == RequestOptions.Category;
        Refresh();
    }

    private RequestLogs? Request => _isFrameworks ? RequestLogs.Debugged : RequestLogs.Current;

    public void Refresh()
    {
        var sinks = _provider.Sinks;
        var byLevel = new ILogSink[Levels][];
        for (var level = 0; level < Levels; level++)
            byLevel[level] = _provider.Levels.IsOn(_category.Name, (LogLevel)level)
                ? Array.FindAll(sinks, s => s.Takes((LogLevel)level, _category.Name)) : [];
        _sinks = byLevel;
        _on = Enumerable.Range(0, Levels).Sum(level => byLevel[level].Length > 0 ? 1 << level : 0);
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => _provider.Scopes?.Push(state);

    // None is level 6, for which there is no bit.
    public bool IsEnabled(LogLevel logLevel) =>
        (_on >> (int)logLevel & 1) != 0 || (RequestLogs.AnyActive && Request?.Takes(logLevel) == true);

    [SuppressMessage("Design", "CA1031", Justification = "A record that cannot be written must not harm who wrote it.")]
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if ((uint)logLevel >= Levels)
            return;
        var sinks = _sinks[(int)logLevel];
        var request = sinks.Length == 0 ? Request : null;
        if (sinks.Length == 0 && request?.Takes(logLevel) != true)
            return;
        var e = LogEvent.Rent();
        try
        {
            (e.Time, e.Level, e.Logger, e.EventId, e.Exception) =
                (_provider.Clock.GetUtcNow(), logLevel, _category, eventId, exception);
            _provider.Filling.Fill(e, state, formatter, _provider.Scopes, ofRequest: _isRequests);
            if (exception is not null)
                _provider.Errors?.Add(e);
            if (request is null)
                foreach (var sink in sinks)
                    sink.Write(e);
            else if (request.IsWritten(logLevel))
                _provider.Write(e);
            else
                request.Remember(e);
        }
        catch (Exception broken)
        {
            LogTroubles.Note(broken);
        }
        finally
        {
            e.Return();
        }
    }
}
