using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tocsin.Testing;
using TocsinSdk.Health;

namespace TocsinSdk.Tests.Health;

/// <summary>A health watch over given checks, on a clock that the test moves.</summary>
internal sealed class HealthStage : IDisposable, IHostApplicationLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly CancellationTokenSource _started = new(), _stopping = new(), _stopped = new();

    public HealthStage(params HealthCheckRegistration[] checks) =>
        Watch = new HealthWatch(checks, Options, _services.GetRequiredService<IServiceScopeFactory>(), this, Logs, Clock);

    public FakeClock Clock { get; } = new();
    public HealthOptions Options { get; } = new();
    public HealthWatch Watch { get; }
    public CollectedLogs Logs { get; } = new();

    public CancellationToken ApplicationStarted => _started.Token;
    public CancellationToken ApplicationStopping => _stopping.Token;
    public CancellationToken ApplicationStopped => _stopped.Token;

    public static HealthCheckRegistration Check(
        string name, Func<CancellationToken, Task<HealthCheckResult>> check, params string[] tags) =>
        new(name, new Delegated(check), null, tags);

    public static HealthCheckRegistration Check(string name, Func<HealthCheckResult> check, params string[] tags) =>
        Check(name, _ => Task.FromResult(check()), tags);

    public void Started() => _started.Cancel();
    public void StopApplication() => _stopping.Cancel();

    /// <summary>Starts the watch and waits until every check has been found once.</summary>
    public async Task<HealthStage> Begin()
    {
        await Watch.StartingAsync(default);
        Clock.Advance(TimeSpan.Zero);
        await Watch.FirstOutcomes.WaitAsync(TimeSpan.FromSeconds(10));
        return this;
    }

    /// <summary>One more run of the check, to its end.</summary>
    public Task Turn(int check = 0) => Watch.Checks[check].Turn();

    public CheckOutcome Outcome(int check = 0) => Watch.Checks[check].Latest!;

    public void Dispose()
    {
        Watch.Dispose();
        _services.Dispose();
        _started.Dispose();
        _stopping.Dispose();
        _stopped.Dispose();
    }

    private sealed class Delegated(Func<CancellationToken, Task<HealthCheckResult>> check) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
            check(cancellationToken);
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectedLogs : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => Lines.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
    }
}
