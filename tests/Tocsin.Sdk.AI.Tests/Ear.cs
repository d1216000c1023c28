using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TocsinSdk.AI.Tests;

/// <summary>Hears the spans and measures of everything called while it lives.</summary>
internal sealed class Ear : IDisposable
{
    public const string Ours = "Tocsin.Sdk.GenAi", Theirs = "Experimental.Microsoft.Extensions.AI";

    private readonly ActivityListener _spans;
    private readonly MeterListener _meters = new();

    public Ear()
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = static s => s.Name is Ours or Theirs or "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a =>
            {
                lock (All)
                    All.Add(a);
            },
        };
        ActivitySource.AddActivityListener(_spans);
        _meters.InstrumentPublished = static (i, l) =>
        {
            if (i.Meter.Name == Ours)
                l.EnableMeasurementEvents(i);
        };
        _meters.SetMeasurementEventCallback<long>((i, v, tags, _) => Note(i, v, tags));
        _meters.SetMeasurementEventCallback<double>((i, v, tags, _) => Note(i, v, tags));
        _meters.Start();
    }

    public List<Activity> All { get; } = [];

    public List<(string Name, double Value, Dictionary<string, object?> Tags)> Measures { get; } = [];

    public Activity[] Spans => [.. All.Where(a => a.Source.Name == Ours)];

    public double[] Values(string instrument) => [.. Measures.Where(m => m.Name == instrument).Select(m => m.Value)];

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
}
