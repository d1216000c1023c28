using System.Diagnostics.Metrics;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Transport;

/// <summary>
/// Sends what waits, the most severe first, and decides what becomes of each answer. Everything but the waiting: the
/// thread of <see cref="TelemetryTransport"/> calls <see cref="Turn"/>.
/// </summary>
internal sealed class Sender
{
    private const int MaxSplits = 32;

    private static readonly TimeSpan s_rescan = TimeSpan.FromMinutes(1), s_reportEvery = TimeSpan.FromSeconds(5);
    private static readonly Counter<long> s_sent = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.sent", "{item}", "Telemetry that the server took, by signal.");

    private readonly SendQueue _queue;
    private readonly Route[] _routes;
    private readonly Drops _drops;
    private readonly byte[] _resource;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly Func<Route, ReadOnlyMemory<byte>, HttpAnswer> _post;
    private readonly Action<Route, HttpAnswer> _answered;
    private readonly Batch _batch = new();
    private DateTimeOffset _nextRescan = DateTimeOffset.MinValue, _nextReport = DateTimeOffset.MinValue;

    /// <param name="queue">What waits.</param>
    /// <param name="routes">By signal.</param>
    /// <param name="drops">Where what is lost is counted.</param>
    /// <param name="resource">Of this process; an OTLP Resource.</param>
    /// <param name="interval">How long a record may wait for company.</param>
    /// <param name="clock">The time.</param>
    /// <param name="post">One request, on the calling thread.</param>
    /// <param name="answered">Told of every answer but those that only ask for smaller batches.</param>
    public Sender(SendQueue queue, Route[] routes, Drops drops, byte[] resource, TimeSpan interval,
        TimeProvider clock, Func<Route, ReadOnlyMemory<byte>, HttpAnswer> post, Action<Route, HttpAnswer> answered)
    {
        (_queue, _routes, _drops, _resource, _interval) = (queue, routes, drops, resource, interval);
        (_clock, _post, _answered) = (clock, post, answered);
    }

    public DateTimeOffset? LastAccepted { get; private set; }

    /// <summary>
    /// Sends all that is due. In a hurry everything is due, and a server that failed before gets one more try.
    /// </summary>
    public void Turn(bool hurry = false)
    {
        if (_clock.GetUtcNow() is var now && now >= _nextRescan)
        {
            _nextRescan = now + s_rescan;
            _queue.Expire();
            _queue.Adopt();
        }
        if (hurry)
            foreach (var route in _routes)
                route.Next = DateTimeOffset.MinValue;
        while (SendNext(hurry))
            _queue.KeepSpare();
        SendReport(hurry);
    }

    private bool SendNext(bool hurry)
    {
        var now = _clock.GetUtcNow();
        for (var i = Lanes.Count - 1; i >= 0; i--)
        {
            var lane = (Lane)i;
            var due = hurry || lane == Lane.Error ? DateTimeOffset.MaxValue : now - _interval;
            var route = _routes[(int)lane.Signal()];
            if (route.Next <= now && _queue.Lease(lane, due) is { } segment)
            {
                Send(route, segment, now);
                return true;
            }
        }
        return false;
    }

    private void Send(Route route, Segment segment, DateTimeOffset now)
    {
        var report = route.Signal == Signal.Logs && now >= _nextReport ? _drops.Untold() : DropReport.Nothing;
        _batch.Fill(segment, route.BatchLimit, report, now);
        if (_batch.Frames == 0)
        {
            _queue.Return(segment, _batch.End, 0);
            return;
        }
        var answer = _post(route, _batch.Body);
        if (answer.IsTooLarge && _batch.Frames > 1)
        {
            route.BatchLimit = Math.Max(1, _batch.Body.Length / 2);
            _queue.Return(segment, segment.Sent, 0);
        }
        else if (answer.IsTooLarge ? SendInParts(route, _batch.Body.ToArray(), _batch.Items, 0)
            : Settled(route, answer, _batch.Items))
        {
            if (answer.IsAccepted)
                Told(report, now);
            _queue.Return(segment, _batch.End, _batch.Items);
        }
        else
            _queue.Return(segment, segment.Sent, 0);
    }

    /// <summary>True when nothing more can be done for these items: they were taken, or refused for good.</summary>
    private bool Settled(Route route, HttpAnswer answer, int items)
    {
        _answered(route, answer);
        if (answer.IsAccepted)
        {
            var rejected = Math.Min(answer.Rejected, items);
            _drops.Count(route.Signal, DropReason.Rejected, rejected);
            s_sent.Add(items - rejected, new KeyValuePair<string, object?>("signal", route.Signal.Name()));
            LastAccepted = _clock.GetUtcNow();
            route.Succeeded();
            return true;
        }
        if (answer.IsRejected)
        {
            _drops.Count(route.Signal, DropReason.Rejected, items);
            route.Succeeded();
            return true;
        }
        route.Failed(_clock.GetUtcNow(), answer.RetryAfter);
        return false;
    }

    // One frame alone is too large: a request of the exporter, which can be taken apart, or a record, which cannot.
    private bool SendInParts(Route route, byte[] request, int items, int depth)
    {
        var count = OtlpRequest.Items(request);
        if (count < 2 || depth == MaxSplits)
        {
            _drops.Count(route.Signal, DropReason.TooLarge, Math.Max(items, 1));
            return true;
        }
        foreach (var (from, to) in ((int, int)[])[(0, count / 2), (count / 2, count)])
        {
            var part = OtlpRequest.Part(request, from, to);
            var answer = _post(route, part);
            if (!(answer.IsTooLarge
                ? SendInParts(route, part, to - from, depth + 1) : Settled(route, answer, to - from)))
                return false;
        }
        return true;
    }

    private void SendReport(bool hurry)
    {
        var now = _clock.GetUtcNow();
        var route = _routes[(int)Signal.Logs];
        if (route.Next > now || (!hurry && now < _nextReport)
            || _drops.Untold() is not { IsEmpty: false } report)
            return;
        _batch.Fill(_resource, report, now);
        if (Settled(route, _post(route, _batch.Body), 0))
            Told(report, now);
    }

    private void Told(DropReport report, DateTimeOffset now)
    {
        if (report.IsEmpty)
            return;
        _drops.Told(report);
        _nextReport = now + s_reportEvery;
    }
}
