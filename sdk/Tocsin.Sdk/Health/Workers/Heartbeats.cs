using System.Collections.Concurrent;

namespace TocsinSdk.Health.Workers;

/// <summary>One worker: how long ago it was seen, and how often it is expected; null when nobody said.</summary>
internal readonly record struct WorkerReading(string Name, TimeSpan Silence, TimeSpan? Expected);

/// <summary>
/// Signs of life of the application's background workers. A beat costs one look-up and one store. Any thread.
/// </summary>
internal sealed class Heartbeats(TimeProvider clock)
{
    /// <summary>Names are the application's own; beyond this many a new one is not kept.</summary>
    public const int MaxWorkers = 200;

    private readonly ConcurrentDictionary<string, Worker> _workers = new(StringComparer.Ordinal);

    public static Heartbeats OfProcess { get; } = new(TimeProvider.System);

    public void Beat(string name) => Find(name)?.Seen(clock.GetTimestamp());

    /// <summary>Expects the worker at least this often from now on, until the result is disposed.</summary>
    public IDisposable Expect(string name, TimeSpan every)
    {
        // A new one each time, so that the end of an earlier expectation does not end this one.
        var worker = new Worker(clock.GetTimestamp(), every);
        if (_workers.Count < MaxWorkers || _workers.ContainsKey(name))
            _workers[name] = worker;
        return new Expectation(this, name, worker);
    }

    public IEnumerable<WorkerReading> Read()
    {
        foreach (var (name, worker) in _workers)
            yield return new WorkerReading(name, clock.GetElapsedTime(worker.SeenAt), worker.Expected);
    }

    private Worker? Find(string name) =>
        _workers.TryGetValue(name, out var worker) ? worker
        : _workers.Count >= MaxWorkers ? null
        : _workers.GetOrAdd(name, static (_, now) => new Worker(now, null), clock.GetTimestamp());

    private sealed class Worker(long now, TimeSpan? expected)
    {
        private long _seenAt = now;

        public long SeenAt => Volatile.Read(ref _seenAt);
        public TimeSpan? Expected { get; } = expected;

        public void Seen(long at) => Volatile.Write(ref _seenAt, at);
    }

    private sealed class Expectation(Heartbeats owner, string name, Worker worker) : IDisposable
    {
        public void Dispose() => owner._workers.TryRemove(new KeyValuePair<string, Worker>(name, worker));
    }
}
