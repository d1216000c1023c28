using System.Threading.Channels;

namespace Tocsin.Model.Live;

/// <param name="Topic">"alerts", "crashes", "health".</param>
/// <param name="Json">One JSON object.</param>
public sealed record LiveEvent(long Id, string Topic, string Json);

/// <summary>Hands what just happened to whoever watches (SSE). A slow watcher loses its oldest events, never slows a writer.</summary>
public sealed class LiveEvents
{
    private const int PerWatcher = 256;
    private readonly Lock _lock = new();
    private readonly List<Channel<LiveEvent>> _watchers = [];
    private long _lastId;

    /// <summary>May be called from any thread; never blocks.</summary>
    public void Publish(string topic, string json)
    {
        lock (_lock)
        {
            var happened = new LiveEvent(++_lastId, topic, json);
            foreach (Channel<LiveEvent> watcher in _watchers)
                watcher.Writer.TryWrite(happened);
        }
    }

    /// <summary>Yields events from now on until cancelled.</summary>
    public async IAsyncEnumerable<LiveEvent> Watch([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var channel = Channel.CreateBounded<LiveEvent>(
            new BoundedChannelOptions(PerWatcher) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_lock)
            _watchers.Add(channel);
        try
        {
            await foreach (LiveEvent happened in channel.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
                yield return happened;
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }
}
