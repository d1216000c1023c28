using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.GenAi;

namespace TocsinSdk;

/// <summary>
/// Something an agent does, from its start to its end: a span, measures and log records. Scopes begun inside belong to
/// it, also in other methods and after an await. Ends once, with the first of success, <see cref="Fail"/> and
/// <see cref="Dispose"/>; any thread.
/// </summary>
public abstract class AiScope : IDisposable
{
    private static readonly AsyncLocal<AiScope?> s_current = new();

    private readonly AiScope? _parent;
    private readonly long _startedAt;
    private int _ended;

    private protected AiScope(AiTelemetry telemetry, string? span, ActivityKind kind)
    {
        (Telemetry, _startedAt) = (telemetry, telemetry.Clock.GetTimestamp());
        for (_parent = s_current.Value; _parent is { HasEnded: true };)
            _parent = _parent._parent;
        Activity = span is null ? null : AiInstruments.Source.StartActivity(span, kind);
        s_current.Value = this;
    }

    internal AiTelemetry Telemetry { get; }
    internal Activity? Activity { get; }
    internal AiTotals Totals { get; } = new();

    private bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>
    /// Ends with an error. Agents and workflows report the exception as <see cref="Tocsin.CaptureException"/> does.
    /// </summary>
    /// <param name="exception">Why.</param>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        End(AiOutcome.Error, exception);
    }

    /// <summary>
    /// Does the work and ends with it: success, or <see cref="Fail"/> with the exception, which is thrown on. Use this
    /// rather than a using alone where failures matter: .NET does not tell Dispose that it runs because of an exception.
    /// </summary>
    /// <param name="work">Runs at once; scopes it begins belong to this one.</param>
    /// <returns>What the work returned.</returns>
    public async Task<T> Run<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            var result = await work().ConfigureAwait(false);
            Succeeded(result);
            return result;
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
    }

    /// <inheritdoc cref="Run{T}"/>
    public Task Run(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Run(async () =>
        {
            await work().ConfigureAwait(false);
            return (object?)null;
        });
    }

    /// <summary>Ends, unless it has ended: steps and calls with success, agents and workflows as abandoned.</summary>
    public void Dispose()
    {
        End(EndsByDispose, null);
        GC.SuppressFinalize(this);
    }

    private protected virtual AiOutcome EndsByDispose => AiOutcome.Success;

    private protected virtual void Succeeded(object? result) => End(AiOutcome.Success, null);

    /// <summary>Writes what is known at the end; the span is still open, so records belong to it.</summary>
    private protected abstract void OnEnd(AiOutcome outcome, TimeSpan duration, Exception? exception);

    private protected void End(AiOutcome outcome, Exception? exception)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        if (s_current.Value == this)
            s_current.Value = _parent;
        if (exception is not null)
        {
            Activity?.SetTag("error.type", ErrorKind.Of(exception));
            Activity?.SetStatus(ActivityStatusCode.Error, Said(exception));
        }
        OnEnd(outcome, Telemetry.Clock.GetElapsedTime(_startedAt), exception);
        Activity?.Dispose();
    }

    /// <summary>This scope and those around it, innermost first.</summary>
    internal IEnumerable<AiScope> AndAround()
    {
        for (var scope = this; scope is not null; scope = scope._parent)
            yield return scope;
    }

    private protected string Said(Exception exception)
    {
        try
        {
            return GenAi.Content.Cut(Telemetry.Redact(exception.Message), 1024);
        }
        catch (Exception)
        {
            return exception.GetType().Name; // Message is code of the application
        }
    }

    private protected static LogLevel LevelOf(AiOutcome outcome) => outcome switch
    {
        AiOutcome.Success => LogLevel.Information,
        AiOutcome.Error => LogLevel.Error,
        _ => LogLevel.Warning,
    };
}
