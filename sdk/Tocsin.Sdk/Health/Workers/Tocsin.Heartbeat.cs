using TocsinSdk.Health.Workers;

namespace TocsinSdk;

public static partial class Tocsin
{
    /// <summary>Shows that a background worker is alive. Costs no system call; call it once per round.</summary>
    /// <param name="worker">Name of the worker, one of at most 200.</param>
    public static void Heartbeat(string worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        Heartbeats.OfProcess.Beat(worker);
    }

    /// <summary>
    /// Expects a <see cref="Heartbeat(string)"/> of the worker at least this often, from now until the result is
    /// disposed. The health check "workers" is degraded when it is silent for 1.5 times as long, unhealthy after 3 times.
    /// </summary>
    /// <param name="worker">Name of the worker, one of at most 200.</param>
    /// <param name="expectedEvery">Longest time between two beats of a worker that is well.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not more than zero.</exception>
    public static IDisposable Heartbeat(string worker, TimeSpan expectedEvery)
    {
        ArgumentNullException.ThrowIfNull(worker);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expectedEvery, TimeSpan.Zero);
        return Heartbeats.OfProcess.Expect(worker, expectedEvery);
    }
}
