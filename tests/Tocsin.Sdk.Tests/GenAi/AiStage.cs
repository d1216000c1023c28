using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TocsinSdk.GenAi;

namespace TocsinSdk.Tests.GenAi;

/// <summary>
/// Hears everything one test's agents say: records, spans and measures, told apart by names unique to it.
/// </summary>
internal sealed class AiStage : IDisposable
{
    private readonly ActivityListener _spans;
    private readonly MeterListener _meters = new();

    public AiStage()
    {
        Telemetry = new AiTelemetry(
            () => Options, category => new Recorder(this, category),
            text => text.Replace("hunter2", "***", StringComparison.Ordinal),
            (e, context) =>
            {
                Captured.Add((e, context.ToDictionary()));
                return "CRASH-1";
            }, TimeProvider.System);
        _spans = new ActivityListener
        {
            ShouldListenTo = static s => s.Name == AiInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a =>
            {
                lock (Spans)
                    Spans.Add(a);
            },
        };
        ActivitySource.AddActivityListener(_spans);
        _meters.InstrumentPublished = static (i, l) =>
        {
            if (i.Meter.Name == AiInstruments.Name)
                l.EnableMeasurementEvents(i);
        };
        _meters.SetMeasurementEventCallback<long>((i, v, tags, _) => Note(i, v, tags));
        _meters.SetMeasurementEventCallback<double>((i, v, tags, _) => Note(i, v, tags));
        _meters.Start();
    }

    public GenAiOptions Options { get; } = new() { CaptureContent = false };
    public AiTelemetry Telemetry { get; }
    public List<(LogLevel Level, string Logger, string Name, Dictionary<string, object?> Fields, Exception? Thrown)>
        Records { get; } = [];
    public List<Activity> Spans { get; } = [];
    public List<(string Name, double Value, Dictionary<string, object?> Tags)> Measures { get; } = [];
    public List<(Exception Exception, Dictionary<string, object?> Context)> Captured { get; } = [];

    public Dictionary<string, object?> Fields(string record) => Records.Single(r => r.Name == record).Fields;

    public Activity Span(string name)
    {
        lock (Spans)
            return Spans.Single(s => s.DisplayName == name);
    }

    /// <summary>Sum of an instrument's values whose tags contain the given ones.</summary>
    public double Sum(string instrument, params (string Key, object? Value)[] tags)
    {
        lock (Measures)
            return Measures.Where(m => m.Name == instrument
                && tags.All(t => Equals(m.Tags.GetValueOrDefault(t.Key), t.Value))).Sum(m => m.Value);
    }

    public void Dispose()
    {
        _spans.Dispose();
        _meters.Dispose();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (Measures)
            Measures.Add((instrument.Name, value, new Dictionary<string, object?>(tags.ToArray())));
    }

    private sealed class Recorder(AiStage stage, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var fields = ((IReadOnlyList<KeyValuePair<string, object?>>)state!).ToDictionary();
            fields["{OriginalFormat}"].ShouldBe(eventId.Name);
            lock (stage.Records)
                stage.Records.Add((logLevel, category, formatter(state, exception), fields, exception));
        }
    }
}
