using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TocsinSdk.Analysis;
using TocsinSdk.Redaction;

namespace TocsinSdk.Logging;

/// <summary>The one logger provider of the SDK: fills a <see cref="LogEvent"/> per record and hands it to every sink.</summary>
[ProviderAlias("Tocsin")]
internal sealed class TocsinLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentDictionary<string, TocsinLogger> _loggers = new(StringComparer.Ordinal);
    private readonly Lock _changing = new();
    private volatile IExternalScopeProvider? _scopes;
    private volatile ILogSink[] _sinks = [];

    public TocsinLoggerProvider(Redactor redactor, TimeProvider clock)
    {
        Clock = clock;
        Filling = new EventFilling(redactor);
        Levels.Changed += Refresh;
    }

    /// <summary>
    /// The scopes of the calling thread's context; null before the first logger factory took the provider in.
    /// </summary>
    public IExternalScopeProvider? Scopes => _scopes;

    /// <summary>Completes records of errors; null leaves them as they are.</summary>
    public ErrorFields? Errors { get; set; }

    public LogLevels Levels { get; } = new();
    public TimeProvider Clock { get; }
    public EventFilling Filling { get; }
    public ILogSink[] Sinks => _sinks;

    public void Add(ILogSink sink)
    {
        lock (_changing)
            _sinks = [.. _sinks, sink];
        Refresh();
    }

    /// <summary>Asks the sinks again what they take; to be called when a level has changed.</summary>
    public void Refresh()
    {
        foreach (var logger in _loggers.Values)
            logger.Refresh();
    }

    /// <summary>To every sink, whatever its level.</summary>
    public void Write(LogEvent e)
    {
        foreach (var sink in _sinks)
            sink.Write(e);
    }

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, provider) => new TocsinLogger(provider, name), this);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>The process's, not the logger factory's: a second host may use it again.</summary>
    public void Dispose()
    {
    }
}
