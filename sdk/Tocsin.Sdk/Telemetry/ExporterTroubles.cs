using System.Diagnostics.Tracing;

namespace TocsinSdk.Telemetry;

/// <summary>
/// Says once per kind what OpenTelemetry itself only tells an event source: batches dropped, exporters that cannot be
/// set up. Failed requests are <see cref="ExportState"/>'s to tell.
/// </summary>
internal sealed class ExporterTroubles : EventListener
{
    private const int MaxKinds = 32;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = [];

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name.StartsWith("OpenTelemetry-", StringComparison.Ordinal))
            EnableEvents(eventSource, EventLevel.Error);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var kind = eventData.EventName ?? eventData.EventId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (kind.Contains("Collector", StringComparison.Ordinal) || kind.Contains("Request", StringComparison.Ordinal)
            || kind.Contains("ExportMethod", StringComparison.Ordinal))
            return;
        lock (_lock)
            if (_said.Count >= MaxKinds || !_said.Add(kind))
                return;
        Console.Error.WriteLine(
            $"tocsin: telemetry: {kind}: {string.Join("; ", eventData.Payload ?? (IReadOnlyCollection<object?>)[])}");
    }
}
