using Microsoft.Extensions.Logging;

namespace TocsinSdk.Logging;

/// <summary>
/// Where log events go. Called on the logging thread, by many threads at once: must not block, throw, log or keep the
/// event, which is reused as soon as <see cref="Write"/> returns (<see cref="LogEvent.CopyFrom"/> makes a copy).
/// </summary>
internal interface ILogSink
{
    /// <summary>Asked once per logger and level, and again after <see cref="TocsinLoggerProvider.Refresh"/>.</summary>
    bool Takes(LogLevel level, string category);

    void Write(LogEvent e);
}
