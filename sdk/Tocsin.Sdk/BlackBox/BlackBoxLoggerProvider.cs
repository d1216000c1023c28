using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.BlackBox;

/// <summary>Copies log records into the black box, so that the last ones survive the process.</summary>
[ProviderAlias("TocsinBlackBox")]
internal sealed class BlackBoxLoggerProvider(BlackBoxWriter box, LogLevel least)
    : ILoggerProvider, ISupportExternalScope
{
    private volatile IExternalScopeProvider? _scopes;

    /// <summary>
    /// The scopes of the calling thread's context; null before the first logger factory took the provider in.
    /// </summary>
    public IExternalScopeProvider? Scopes => _scopes;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(BlackBoxLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => provider.Scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.Least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var message = formatter(state, exception);
            if (exception is not null)
                message = $"{message} ({exception.GetType().FullName}: {exception.Message})";
            var activity = Activity.Current;
            provider.Box.Log(
                Severity(logLevel), category, message, activity?.TraceId ?? default, activity?.SpanId ?? default,
                Surroundings.Find("user.id", activity, provider.Scopes));
        }
    }

    private BlackBoxWriter Box => box;

    private LogLevel Least => least;

    // OpenTelemetry's severity numbers.
    private static byte Severity(LogLevel level) => level switch
    {
        LogLevel.Trace => 1,
        LogLevel.Debug => 5,
        LogLevel.Information => 9,
        LogLevel.Warning => 13,
        LogLevel.Error => 17,
        LogLevel.Critical => 21,
        _ => 0,
    };
}
