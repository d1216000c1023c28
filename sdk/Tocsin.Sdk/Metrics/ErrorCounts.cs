using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;

namespace TocsinSdk.Metrics;

/// <summary>Counts logged errors by the class of their exception: errors_total{error_type}.</summary>
internal sealed class ErrorCounts : ILogSink
{
    public bool Takes(LogLevel level, string category) => level is LogLevel.Error or LogLevel.Critical;

    // As OpenTelemetry calls an error without a class.
    public void Write(LogEvent e) => WorkMeters.Errors.Add(
        1, new KeyValuePair<string, object?>("error.type", e.Exception?.GetType().FullName ?? "_OTHER"));
}
