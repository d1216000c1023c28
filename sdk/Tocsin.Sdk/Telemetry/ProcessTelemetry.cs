using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using TocsinSdk.Logging;
using TocsinSdk.Runs;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>Logs, traces and metrics of a process without a host; disposing sends what is still waiting.</summary>
internal sealed class ProcessTelemetry : IDisposable
{
    private readonly ProcessRun _run;
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private int _disposed;

    private ProcessTelemetry(ProcessRun run)
    {
        _run = run;
        run.TakeConsole(hosted: false);
        LoggerFactory = Microsoft.Extensions.Logging.LoggerFactory.Create(logging =>
            logging.AddFilter<TocsinLoggerProvider>(null, LogLevel.Trace).AddProvider(run.Logs));
        run.Operations.LogTo(LoggerFactory);
        run.Loggers = LoggerFactory;
        (_traces, _metrics) = (OpenTelemetryWiring.Traces(run), OpenTelemetryWiring.Metrics(run));
    }

    public ILoggerFactory LoggerFactory { get; }

    public static ProcessTelemetry Start(ProcessRun run) => new(run);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _run.StopRequested(signal: 0);
        LoggerFactory.Dispose();
        _traces.Dispose();
        _metrics.Dispose();
        _run.Transport.Flush(_run.Settings.Options.Transport.FlushTimeout);
    }
}
