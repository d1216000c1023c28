using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;

namespace TocsinSdk.Health;

/// <summary>
/// One check on its own timer. At most one run is under way at any time: a run that hangs is told as such when its
/// time is up, and again at each period, but no second one is started until it has ended.
/// </summary>
internal sealed class WatchedCheck(
    HealthCheckRegistration registration, IServiceScopeFactory scopes, HealthOptions options, TimeProvider clock,
    Action<WatchedCheck, CheckOutcome?, CheckOutcome> found) : IDisposable
{
    private const int MaxError = 2000, MaxCauses = 8;

    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _warns = registration.Tags.Contains(HealthWords.Warning);
    private ITimer? _timer;
    private CheckOutcome? _latest;

    // 1 while a run is under way, also one whose time is up.
    private int _running;
    private long _startedAt;

    public string Name => registration.Name;
    public IEnumerable<string> Tags => registration.Tags;
    public TimeSpan Period { get; } = registration.Period ?? options.Period;

    public TimeSpan Timeout { get; } =
        registration.Timeout > TimeSpan.Zero ? registration.Timeout : options.Timeout;

    /// <summary>Null before the first run has ended.</summary>
    public CheckOutcome? Latest => Volatile.Read(ref _latest);

    /// <summary>Completes with the first outcome, within the time-out of the check.</summary>
    public Task First => _first.Task;

    public bool Has(string tag) => registration.Tags.Contains(tag);

    public void Start()
    {
        // The timer lives as long as the host and must not keep whatever context started it.
        using (ExecutionContext.SuppressFlow())
            _timer = clock.CreateTimer(_ => _ = Turn(), null, registration.Delay ?? TimeSpan.Zero, Period);
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>One tick; never throws. Completes when the outcome is known.</summary>
    public async Task Turn()
    {
        if (Interlocked.CompareExchange(ref _running, 1, 0) != 0)
        {
            if (clock.GetElapsedTime(_startedAt) is var elapsed && elapsed >= Timeout)
                Found(Silent(elapsed));
            return;
        }
        _startedAt = clock.GetTimestamp();
        var time = new CancellationTokenSource(Timeout, clock);
        var run = Task.Run(() => Run(time.Token));
        _ = run.ContinueWith(_ => End(time), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        try
        {
            Found(Outcome(await run.WaitAsync(Timeout, clock).ConfigureAwait(false)));
        }
        catch (TimeoutException) when (!run.IsFaulted)
        {
            Found(Silent(Timeout));
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested)
        {
            Found(Silent(Timeout));
        }
        catch (Exception e)
        {
            Found(Failed(e));
        }
    }

    private void End(CancellationTokenSource time)
    {
        time.Dispose();
        Volatile.Write(ref _running, 0);
    }

    private async Task<HealthCheckResult> Run(CancellationToken cancel)
    {
        // What a check calls is no work of the application: no span, no measure of it.
        using var quiet = SuppressInstrumentationScope.Begin();
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var check = registration.Factory(scope.ServiceProvider);
            var context = new HealthCheckContext { Registration = registration };
            return await check.CheckHealthAsync(context, cancel).ConfigureAwait(false);
        }
    }

    private CheckOutcome Outcome(HealthCheckResult result) => new()
    {
        State = HealthWords.Of(result.Status, _warns),
        Time = clock.GetUtcNow(),
        Duration = clock.GetElapsedTime(_startedAt),
        Description = result.Description,
        Error = result.Exception is { } exception ? Text(exception) : null,
        Values = result.Data,
    };

    private CheckOutcome Failed(Exception exception) =>
        Outcome(new HealthCheckResult(registration.FailureStatus, exception: exception));

    private CheckOutcome Silent(TimeSpan waited) => Outcome(new HealthCheckResult(registration.FailureStatus)) with
    {
        Duration = waited,
        Error = string.Create(CultureInfo.InvariantCulture, $"no answer for {waited.TotalSeconds:0.#} s"),
    };

    private void Found(CheckOutcome outcome)
    {
        var before = Latest;
        outcome = outcome with
        {
            Since = before?.State == outcome.State ? before.Since : outcome.Time,
            Failures = outcome.State == HealthState.Healthy ? 0 : (before?.Failures ?? 0) + 1,
        };
        Volatile.Write(ref _latest, outcome);
        found(this, before, outcome);
        _first.TrySetResult();
    }

    private static string Text(Exception exception)
    {
        var text = new System.Text.StringBuilder();
        var cause = exception;
        for (var depth = 0; cause is not null && depth < MaxCauses; cause = cause.InnerException, depth++)
            text.Append(depth == 0 ? "" : " <- ").Append(cause.GetType().Name).Append(": ").Append(cause.Message);
        return text.Length <= MaxError ? text.ToString() : text.ToString(0, MaxError) + " …";
    }
}
