using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Transport;

/// <summary>
/// The one way out for logs, traces and metrics: queue and spool, and the thread that sends. Lives as long as the
/// process. Any thread; nothing here throws into, or waits for the network on, the caller of Enqueue.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class TelemetryTransport
{
    private readonly TransportOptions _options;
    private readonly SendQueue _queue;
    private readonly Sender _sender;
    private readonly HttpWire _http;
    private readonly GrpcWire _grpc = new();
    private readonly ExportState _exports;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEventSlim _flushed = new(true);
    private readonly Thread _thread;
    private volatile bool _hurry, _stopping;
    private long _deadline = long.MaxValue;

    public TelemetryTransport(
        TransportOptions options, string? spool, string name, Route[] routes, byte[] resource, TimeProvider clock,
        Action<string> say)
    {
        _options = options;
        var folder = new SpoolFolder(options.Spool ? spool : null, name, clock, say);
        _queue = new SendQueue(options, folder, resource, Drops, clock) { Urgent = () => _wake.Set() };
        _exports = new ExportState(say) { Changed = _ => Tell() };
        _http = new HttpWire(static url => HttpClient.DefaultProxy.GetProxy(url));
        _sender = new Sender(
            _queue, routes, Drops, resource, options.FlushInterval, clock, Post,
            (route, answer) => _exports.Report(route.Url, answer.Outcome));
        SdkMeter.Meter.CreateObservableGauge("tocsin.sdk.queue.bytes", () => _queue.Bytes, "By",
            "Room taken by telemetry that waits, on disk and in memory.");
        _thread = new Thread(Run, 1 << 20) { IsBackground = true, Name = "Tocsin sender" };
        _thread.UnsafeStart();
    }

    public Drops Drops { get; } = new();

    public TransportState State => new(
        _exports.Outcome, _queue.WaitingItems, _queue.Bytes, Drops.Total, _sender.LastAccepted, _queue.Problem);

    /// <summary>Raised on the sender's thread when <see cref="TransportState.Outcome"/> changes.</summary>
    public event Action<TransportState>? Changed;

    /// <summary>Takes a whole export request of traces or metrics.</summary>
    public void Enqueue(Lane lane, ReadOnlySpan<byte> request) =>
        _queue.Append(lane, FrameKind.Request, OtlpRequest.Items(request), [], request);

    /// <summary>Takes the fields of one LogRecord.</summary>
    public void Enqueue(Lane lane, ReadOnlySpan<byte> logger, ReadOnlySpan<byte> record) =>
        _queue.Append(lane, FrameKind.LogRecord, 1, logger, record);

    /// <summary>
    /// Sends all that waits now, and returns when that is done or has failed, or the time is over. False when something
    /// still waits.
    /// </summary>
    public bool Flush(TimeSpan timeout)
    {
        if (_stopping || Thread.CurrentThread == _thread)
            return _queue.IsEmpty;
        _flushed.Reset();
        _hurry = true;
        _wake.Set();
        _flushed.Wait(timeout);
        return _queue.IsEmpty;
    }

    /// <summary>The end of the process: a last try, then what is left stays on disk for the next start.</summary>
    public void Close(TimeSpan timeout)
    {
        if (_stopping)
            return;
        Volatile.Write(ref _deadline, Environment.TickCount64 + (long)timeout.TotalMilliseconds);
        Flush(timeout);
        _stopping = true;
        _wake.Set();
        _thread.Join(TimeSpan.FromMilliseconds(200));
        _queue.Close();
    }

    private void Run()
    {
        while (!_stopping)
        {
            var hurry = _hurry;
            _hurry = false;
            Safely(hurry);
            if (hurry && !_hurry)
                _flushed.Set();
            if (!_stopping && !_hurry)
                _wake.WaitOne(_options.FlushInterval);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "An exception here would end the application.")]
    private void Safely(bool hurry)
    {
        try
        {
            _sender.Turn(hurry);
        }
        catch (Exception)
        {
            // A disk or a server that misbehaves in a new way: the next turn tries again, and must not spin.
            Thread.Sleep(100);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A handler of the application must not stop the sender.")]
    private void Tell()
    {
        foreach (var told in Changed?.GetInvocationList() ?? [])
            try
            {
                ((Action<TransportState>)told)(State);
            }
            catch (Exception)
            {
                // Theirs.
            }
    }

    private HttpAnswer Post(Route route, ReadOnlyMemory<byte> body)
    {
        var left = Volatile.Read(ref _deadline) is var end and not long.MaxValue
            ? TimeSpan.FromMilliseconds(Math.Max(1, end - Environment.TickCount64)) : route.Timeout;
        var timeout = left < route.Timeout ? left : route.Timeout;
        return route.Grpc ? _grpc.Post(route, body, timeout) : _http.Post(route, body, timeout);
    }
}
