using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TocsinSdk.Runs;

namespace TocsinSdk.Health;

/// <summary>
/// Runs the application's checks and the built-in ones for as long as the host runs, each on its own timer. Whoever
/// asks gets what was last found; asking never runs a check.
/// </summary>
internal sealed class HealthWatch : IHostedLifecycleService, IDisposable
{
    private readonly WatchedCheck[] _checks;
    private readonly HealthChanges _changes;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _clock;

    public HealthWatch(
        ProcessRun run, IServiceScopeFactory scopes, IOptions<HealthCheckServiceOptions> registered,
        IHostApplicationLifetime lifetime, ILoggerFactory loggers)
        : this(Registrations(run, registered.Value), run.Settings.Options.Health, scopes, lifetime, loggers,
            TimeProvider.System)
    {
    }

    internal HealthWatch(
        IEnumerable<HealthCheckRegistration> registrations, HealthOptions options, IServiceScopeFactory scopes,
        IHostApplicationLifetime lifetime, ILoggerFactory loggers, TimeProvider clock)
    {
        (_lifetime, _clock) = (lifetime, clock);
        _changes = new HealthChanges(loggers.CreateLogger("Tocsin.Health"), clock);
        _checks = [.. registrations.Select(r => new WatchedCheck(r, scopes, options, clock, _changes.Note))];
    }

    public IReadOnlyList<WatchedCheck> Checks => _checks;

    /// <summary>Completes when every check has been found once; within the longest time-out of the checks.</summary>
    public Task FirstOutcomes => Task.WhenAll(_checks.Select(static c => c.First));

    public HealthReading Read() => new(_clock.GetUtcNow(), Phase(),
        [.. _checks.Select(c => new CheckReading(c, c.Latest, _changes.IsFlapping(c.Name)))]);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        HealthGauge.Add(this);
        foreach (var check in _checks)
            check.Start();
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        HealthGauge.Remove(this);
        foreach (var check in _checks)
            check.Dispose();
    }

    private LifePhase Phase() =>
        _lifetime.ApplicationStopping.IsCancellationRequested ? LifePhase.Stopping
        : _lifetime.ApplicationStarted.IsCancellationRequested ? LifePhase.Running : LifePhase.Starting;

    // The framework refuses two checks of one name; here the application's own takes the built-in's place.
    private static IEnumerable<HealthCheckRegistration> Registrations(
        ProcessRun run, HealthCheckServiceOptions registered)
    {
        var names = registered.Registrations.Select(static r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return registered.Registrations.Concat(BuiltInChecks.All(run).Where(r => !names.Contains(r.Name)));
    }
}
