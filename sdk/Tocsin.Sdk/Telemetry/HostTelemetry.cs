using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using TocsinSdk.Runs;

namespace TocsinSdk.Telemetry;

/// <summary>
/// Ties the process's watch and its traces and metrics to the life of a host. Logs are the logging framework's to
/// dispose.
/// </summary>
internal sealed class HostTelemetry(ProcessRun run, IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    : IHostedLifecycleService
{
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        run.Signals.HostTakesOver(lifetime.StopApplication);
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Task.CompletedTask;
        run.StopForgotten();
        run.Operations.LogTo(loggers);
        run.Loggers = loggers;
        lifetime.ApplicationStopping.Register(() => run.Signals.Announce(signal: 0));
        (_traces, _metrics) = (OpenTelemetryWiring.Traces(run), OpenTelemetryWiring.Metrics(run));
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        run.Transport.Flush(run.Settings.Options.Transport.FlushTimeout);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
