using Tocsin.Catalog;
using Tocsin.Model.Metrics;

namespace Tocsin.Alerting.Delivery;

/// <summary>Gets the outbox delivered: one queue per channel, woken by news; forgets old messages.</summary>
public sealed class DeliveryWorker
{
    private static readonly TimeSpan s_keep = TimeSpan.FromDays(30), s_cleaning = TimeSpan.FromHours(1);
    private readonly CatalogDatabase _catalog;
    private readonly Outbox _outbox;
    private readonly TimeProvider _clock;
    private readonly ChannelQueue[] _queues;

    public DeliveryWorker(CatalogDatabase catalog, Outbox outbox, string externalUrl, TimeProvider clock, MetricSet metrics)
        : this(catalog, outbox, externalUrl, clock, metrics, Random.Shared)
    {
    }

    internal DeliveryWorker(CatalogDatabase catalog, Outbox outbox, string externalUrl, TimeProvider clock, MetricSet metrics, Random random)
    {
        (_catalog, _outbox, _clock) = (catalog, outbox, clock);
        _queues = [.. outbox.Channels.Select(c => new ChannelQueue(catalog, c, externalUrl, clock, metrics, random))];
        metrics.Gauge("tocsin_delivery_waiting", "Messages that should be on their way.", () => State().Waiting);
        metrics.Gauge("tocsin_delivery_oldest_seconds", "How long the oldest of them waits.", () => State().Oldest.TotalSeconds);
    }

    internal IReadOnlyList<ChannelQueue> Queues => _queues;

    private List<string> Names => [.. _outbox.Channels.Select(c => c.Name)];

    public DeliveryState State() => _catalog.Read(c => DeliveryTable.State(c, Names, _clock.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>Until cancelled.</summary>
    public Task Run(CancellationToken cancel) =>
        Task.WhenAll([.. _queues.Select(q => q.Run(cancel)), PassNews(cancel), Clean(cancel)]);

    private async Task PassNews(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await _outbox.News(cancel).ConfigureAwait(false);
                foreach (ChannelQueue queue in _queues)
                    queue.Wake();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    private async Task Clean(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(s_cleaning, _clock);
        try
        {
            do
                await CleanOnce(cancel).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    internal async Task CleanOnce(CancellationToken cancel)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        long forget = (now - s_keep).ToUnixTimeMilliseconds(), unreachable = (now - Backoff.GiveUpAfter).ToUnixTimeMilliseconds();
        try
        {
            await _catalog.Write(tx =>
                DeliveryTable.Forget(tx.Connection, forget)
                + DeliveryTable.GiveUpUnreachable(tx.Connection, Names, unreachable, now.ToUnixTimeMilliseconds()), cancel).ConfigureAwait(false);
        }
        catch (CatalogWriteException)
        {
            // The disk is full: then forgetting is the least of it, and the next round cleans.
        }
    }
}
