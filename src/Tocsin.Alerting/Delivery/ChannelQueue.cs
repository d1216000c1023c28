using System.Text.Json;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Model.Metrics;

namespace Tocsin.Alerting.Delivery;

/// <summary>
/// Works off the outbox of one channel, one message at a time: that keeps the order per alert, and a message that has to
/// wait for its next attempt does not keep the others waiting.
/// </summary>
internal sealed class ChannelQueue
{
    private readonly CatalogDatabase _catalog;
    private readonly ConfiguredChannel _channel;
    private readonly string _externalUrl;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly Counter _sent, _failed, _retried, _bundled, _troubles;
    private readonly Histogram _seconds, _crashSeconds;

    // The queue's own loop only: until then the remote side wants to hear nothing.
    private long _quietUntil;

    public ChannelQueue(CatalogDatabase catalog, ConfiguredChannel channel, string externalUrl, TimeProvider clock, MetricSet metrics, Random random)
    {
        (_catalog, _channel, _externalUrl, _clock, _random) = (catalog, channel, externalUrl, clock, random);
        (string, string)[] labels = [("channel", channel.Name), ("kind", channel.Kind)];
        _sent = metrics.Counter("tocsin_delivery_sent_total", "Messages that arrived.", labels);
        _failed = metrics.Counter("tocsin_delivery_failed_total", "Messages given up.", labels);
        _retried = metrics.Counter("tocsin_delivery_retried_total", "Attempts that have to be repeated.", labels);
        _bundled = metrics.Counter("tocsin_delivery_bundled_total", "Messages that left inside a digest.", labels);
        _troubles = metrics.Counter("tocsin_delivery_troubles_total", "Rounds that the catalog could not serve; they are repeated.", labels);
        double[] bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];
        _seconds = metrics.Histogram("tocsin_delivery_seconds", "From the alert's change to the message's arrival.", bounds, labels);
        _crashSeconds = metrics.Histogram("tocsin_crash_delivery_seconds", "From a crash to the arrival of its first news.", bounds, labels);
    }

    public void Wake()
    {
        lock (_news)
        {
            if (_news.CurrentCount == 0)
                _news.Release();
        }
    }

    /// <summary>Until cancelled. What is under way then is sent again at the next start, with the same id.</summary>
    public async Task Run(CancellationToken cancel)
    {
        bool recovered = false;
        while (!cancel.IsCancellationRequested)
        {
            TimeSpan? pause;
            try
            {
                recovered = recovered || await Recover(cancel).ConfigureAwait(false);
                pause = await Round(cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // The boundary of the channel: whatever broke is counted and tried again, the other channels go on.
                _troubles.Add();
                pause = TimeSpan.FromSeconds(1);
            }
            await Pause(pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>What was under way when the server stopped may have arrived, so its end has to be told as well.</summary>
    internal Task<bool> Recover(CancellationToken cancel) => _catalog.Write(tx =>
    {
        DeliveryTable.Doubt(tx.Connection, _channel.Name);
        return true;
    }, cancel);

    /// <summary>Does all that can be done now; returns how long there is nothing to do, null for until further notice.</summary>
    internal async Task<TimeSpan?> Round(CancellationToken cancel)
    {
        while (true)
        {
            long now = Now();
            ChannelState view = _catalog.Read(c => DeliveryTable.View(c, _channel.Name, now - (long)_channel.Rules.RateWindow.TotalMilliseconds));
            DeliveryPlan plan = DeliveryPlan.Decide(view, _channel.Rules, now);
            if (plan.ChangesRows)
                await Apply(plan, now, cancel).ConfigureAwait(false);
            if (plan.Send is not null && now < _quietUntil)
                return TimeSpan.FromMilliseconds(_quietUntil - now);
            if (plan.Send is { } id)
            {
                // Held is what has not been under way: should the server stop now, it must not look so.
                if (view.Rows.Any(r => r.Id == id && r.Held))
                    await _catalog.Write(tx => DeliveryTable.Release(tx.Connection, id), cancel).ConfigureAwait(false);
                await Deliver(id, cancel).ConfigureAwait(false);
            }
            else if (plan.Bundle.Count == 0)
                return plan.WakeAt is { } at ? TimeSpan.FromMilliseconds(Math.Max(1, at - now)) : null;
        }
    }

    private async Task Apply(DeliveryPlan plan, long now, CancellationToken cancel)
    {
        await _catalog.Write(tx =>
        {
            DeliveryTable.Supersede(tx.Connection, plan.Supersede, now);
            DeliveryTable.Hold(tx.Connection, plan.Hold);
            if (plan.Bundle.Count > 0)
                DeliveryTable.Bundle(tx.Connection, _channel.Name, _channel.Kind, plan.Bundle, now);
            return 0;
        }, cancel).ConfigureAwait(false);
        _bundled.Add(plan.Bundle.Count);
    }

    private async Task Deliver(long id, CancellationToken cancel)
    {
        Outgoing message;
        try
        {
            message = _catalog.Read(c => DeliveryTable.Load(c, id));
        }
        catch (JsonException unreadable)
        {
            await _catalog.Write(tx => DeliveryTable.GiveUp(tx.Connection, id, $"the stored alert cannot be read: {unreadable.Message}", Now()),
                CancellationToken.None).ConfigureAwait(false);
            _failed.Add();
            return;
        }
        await Book(message, await Attempt(message, cancel).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<SendResult> Attempt(Outgoing message, CancellationToken cancel)
    {
        try
        {
            return await _channel.Channel.Send(NotificationOf(message), cancel).ConfigureAwait(false);
        }
        catch (Exception broken) when (!cancel.IsCancellationRequested)
        {
            // One message that a channel cannot cope with must not stop the messages behind it.
            _troubles.Add();
            return new SendResult.RetryLater($"the channel broke ({broken.GetType().Name})", MayHaveArrived: true);
        }
    }

    private async Task Book(Outgoing message, SendResult result)
    {
        long now = Now();
        if (result is SendResult.RetryLater failed && now - (message.FirstTriedAt ?? now) > Backoff.GiveUpAfter.TotalMilliseconds)
            result = new SendResult.Rejected($"given up after {Backoff.GiveUpAfter.TotalHours:0} hours: {failed.Reason}");
        // What has happened must be written down even when the server is stopping, else it would be sent once more.
        await _catalog.Write(tx =>
        {
            switch (result)
            {
                case SendResult.Sent sent:
                    DeliveryTable.Arrived(tx.Connection, message, sent.Answer, now);
                    break;
                case SendResult.RetryLater later:
                    // Asked of us by the address, not by the message, so nothing else goes there either.
                    _quietUntil = now + (long)(later.After ?? TimeSpan.Zero).TotalMilliseconds;
                    long due = now + (long)Backoff.After(message.Attempts + 1, later.After, _random.NextDouble()).TotalMilliseconds;
                    DeliveryTable.TryLater(tx.Connection, message, later, due, now);
                    break;
                case SendResult.Rejected rejected:
                    DeliveryTable.GiveUp(tx.Connection, message.Id, rejected.Reason, now);
                    break;
            }
            return 0;
        }, CancellationToken.None).ConfigureAwait(false);
        Count(result, message, now);
    }

    private Notification NotificationOf(Outgoing message) => new()
    {
        Id = message.NotificationId, Reason = message.Reason, Receiver = _channel.Name, Alerts = message.Alerts,
        ExternalUrl = _externalUrl, At = _clock.GetUtcNow(),
        Digest = message.Reason != NotificationReason.Digest ? null : new DigestSummary(
            message.Firing, message.Resolved, DateTimeOffset.FromUnixTimeMilliseconds(message.EnqueuedAt)),
    };

    private void Count(SendResult result, Outgoing message, long now)
    {
        (result switch { SendResult.Sent => _sent, SendResult.RetryLater => _retried, _ => _failed }).Add();
        if (result is not SendResult.Sent)
            return;
        _seconds.Observe((now - message.EnqueuedAt) / 1000.0);
        if (message is { Reason: NotificationReason.Firing, Alerts: [{ CrashId: not null } crash] })
            _crashSeconds.Observe((now - crash.StartsAt.ToUnixTimeMilliseconds()) / 1000.0);
    }

    private async Task Pause(TimeSpan? pause, CancellationToken cancel)
    {
        using var alarm = pause is { } span ? new CancellationTokenSource(span, _clock) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, cancel);
        try
        {
            await _news.WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Time to look again, or to stop; the caller tells them apart.
        }
    }

    private long Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds();
}
