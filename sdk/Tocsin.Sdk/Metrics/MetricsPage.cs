using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TocsinSdk.Runs;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Metrics;

/// <summary>
/// The text of /metrics, made when asked for from an aggregation of its own, which begins with <see cref="Open"/>:
/// a program that never shows the page does not pay for it. Any thread.
/// </summary>
internal sealed class MetricsPage
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);

    private readonly Settings _settings;
    private readonly TimeProvider _clock;
    private readonly Action<string> _say;
    private readonly Lock _opening = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Rendering?[] _last = new Rendering?[2];
    private readonly Scrape _scrape;
    private readonly Histogram<double> _duration;
    private volatile MeterProvider? _provider;
    private ITimer? _watch;

    public MetricsPage(Settings settings, Func<ResourceBuilder> resource, TimeProvider clock, Action<string> say)
    {
        (_settings, _clock, _say) = (settings, clock, say);
        Resource = resource;
        _scrape = new Scrape(settings.Options.Metrics, say);
        _duration = SdkMeter.Meter.CreateHistogram<double>("tocsin.sdk.scrape.duration", "s", "Time to make /metrics");
        SdkMeter.Meter.CreateObservableGauge("tocsin.sdk.scrape.series", () => _scrape.Series, "{series}",
            "Series on the last /metrics page");
        SdkMeter.Meter.CreateObservableCounter("tocsin.sdk.metrics.overflowed", () => _scrape.Overflowed, "{instrument}",
            "Instruments that had more series than they may");
        SdkMeter.Meter.CreateObservableUpDownCounter("tocsin.sdk.metrics.hidden", () => _scrape.Hidden, "{instrument}",
            "Instruments left out of /metrics because their name is taken");
    }

    private Func<ResourceBuilder> Resource { get; }

    /// <summary>The page of the process, its own listener, and the meters for what .NET lacks.</summary>
    public static MetricsPage Of(ProcessRun run, TimeProvider clock)
    {
        var page = new MetricsPage(
            run.Settings, () => OpenTelemetryWiring.ResourceOf(run), clock, Console.Error.WriteLine);
        var options = run.Settings.Options.Metrics;
        run.Logs.Add(new ErrorCounts());
        RuntimeMeter.Start();
        if (options.System)
            MachineMeters.Start();
        MetricsListener.Start(page, options, Console.Error.WriteLine);
        return page;
    }

    /// <summary>Begins to aggregate; calling it again changes nothing.</summary>
    public void Open()
    {
        lock (_opening)
        {
            if (_provider is not null)
                return;
            _provider = OpenTelemetry.Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(Resource())
                .AddMeters(_settings)
                .AddReader(new BaseExportingMetricReader(_scrape))
                .Build();
            // So that an overflow is told also where nobody scrapes.
            _watch = _clock.CreateTimer(_ => LookSoon(), null, s_look, s_look);
        }
    }

    /// <summary>
    /// The page as it is now, or was some milliseconds ago; the caller disposes it. Null when another scrape does not
    /// end: an observable instrument of the application hangs.
    /// </summary>
    public async Task<Rendering?> Take(Exposition format, CancellationToken cancel)
    {
        Open();
        if (!await _gate.WaitAsync(s_patience, cancel).ConfigureAwait(false))
            return null;
        try
        {
            var last = _last[(int)format];
            if (last is null || _clock.GetElapsedTime(last.Made) > s_fresh)
            {
                last?.Dispose();
                _last[(int)format] = null;
                _last[(int)format] = last = Make(format);
            }
            return last.Share();
        }
        finally
        {
            _gate.Release();
        }
    }

    private Rendering Make(Exposition format)
    {
        var began = _clock.GetTimestamp();
        var text = _scrape.Run(format);
        var made = _clock.GetTimestamp();
        _duration.Record(_clock.GetElapsedTime(began, made).TotalSeconds);
        return new Rendering(text, made);
    }

    private async void LookSoon()
    {
        try
        {
            (await Take(Exposition.Text, CancellationToken.None).ConfigureAwait(false))?.Dispose();
        }
        catch (Exception e)
        {
            _say($"tocsin: /metrics cannot be made: {e.Message}");
        }
    }

    /// <summary>The way OpenTelemetry hands out what it aggregated: through an exporter that is asked.</summary>
    [ExportModes(ExportModes.Pull)]
    private sealed class Scrape(MetricOptions options, Action<string> say) : BaseExporter<Metric>, IPullMetricExporter
    {
        private const int FirstSize = 64 * 1024;

        private readonly FamilyCatalog _catalog = new(options.ScopeLabels, say);
        private readonly PrometheusText _text = new(options.CreatedSeries);
        private Utf8Buffer? _to;
        private Exposition _format;
        private Exception? _failure;
        private byte[]? _target;
        private int _size = FirstSize;

        public Func<int, bool>? Collect { get; set; }
        public long Series { get; private set; }
        public long Overflowed { get; private set; }
        public long Hidden => _catalog.Hidden;

        public Utf8Buffer Run(Exposition format)
        {
            var text = new Utf8Buffer(_size);
            (_to, _format, _failure) = (text, format, null);
            var collected = Collect!(Timeout.Infinite);
            if (!collected || _failure is not null)
            {
                text.Dispose();
                throw new InvalidOperationException("The metrics could not be collected.", _failure);
            }
            if (text.Length == 0 && format == Exposition.OpenMetrics)
                text.Write("# EOF\n"u8);
            _size = Math.Max(FirstSize, text.Length + text.Length / 8);
            return text;
        }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            try
            {
                var families = _catalog.Of(batch);
                Series = _text.Write(_to!, families, _target ??= Target(), _format);
                Overflowed += Watch(families);
                return ExportResult.Success;
            }
            catch (Exception e)
            {
                // OpenTelemetry would tell nobody.
                _failure = e;
                return ExportResult.Failure;
            }
        }

        private long Watch(List<Family> families)
        {
            var news = 0L;
            foreach (var family in families)
                foreach (var stream in family.Streams)
                    if (stream is { Overflows: true, OverflowSaid: false })
                    {
                        stream.OverflowSaid = true;
                        news++;
                        say($"tocsin: {stream.Metric.Name} of meter {stream.Metric.MeterName} has more than "
                            + $"{options.SeriesLimit} series; the rest counts as one (Metrics.SeriesLimit)");
                    }
            return news;
        }

        private byte[] Target()
        {
            using var labels = new Utf8Buffer(512);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (key, value) in ParentProvider!.GetResource().Attributes)
                if (PrometheusNames.Label(key) is var label && seen.Add(label))
                    LabelWriter.Write(labels, label, LabelWriter.Text(key, value));
            return labels.Written.ToArray();
        }
    }
}
