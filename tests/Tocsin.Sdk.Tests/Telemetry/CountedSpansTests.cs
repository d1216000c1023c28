using System.Diagnostics;
using System.Net;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using TocsinSdk.Telemetry;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Telemetry;

/// <summary>Spans that end faster than they leave: each one arrives, or is counted.</summary>
public sealed class CountedSpansTests : IDisposable
{
    private const int Room = 16 << 10;

    private readonly ActivitySource _source = new("counted-" + Guid.NewGuid());
    private readonly Drops _drops = new();
    private readonly Gate _gate = new();
    private readonly TracerProvider _traces;

    public CountedSpansTests()
    {
        var exporter = new OtlpExporterOptions
        {
            Protocol = OtlpExportProtocol.HttpProtobuf,
            Endpoint = new Uri("http://queue/v1/traces"),
            HttpClientFactory = () => new HttpClient(_gate, disposeHandler: false),
        };
        _traces = OpenTelemetry.Sdk.CreateTracerProviderBuilder().AddSource(_source.Name)
            .AddProcessor(CountedSpans.To(exporter, _drops)).Build();
    }

    public void Dispose()
    {
        _gate.Open.Set();
        _traces.Dispose();
        _source.Dispose();
        _gate.Dispose();
    }

    [Fact]
    public void While_nothing_can_leave_what_does_not_fit_is_counted_and_the_rest_arrives()
    {
        _gate.Open.Reset();
        End(Room + 5000);
        var dropped = _drops[Signal.Traces, DropReason.QueueFull];
        dropped.ShouldBeInRange(4000, 6000);
        _gate.Open.Set();
        _traces.Shutdown(30_000).ShouldBeTrue();
        (_gate.Items + dropped).ShouldBe(Room + 5000);
    }

    [Fact]
    public void Room_comes_back_with_every_batch_that_leaves()
    {
        for (var i = 0; i < 8; i++)
        {
            End(Room / 2);
            // Comes back when the last batch has been taken, not when it has been sent.
            _traces.ForceFlush(30_000).ShouldBeTrue();
        }
        _traces.Shutdown(30_000).ShouldBeTrue();
        (_gate.Items, _drops.Total).ShouldBe((4L * Room, 0L));
    }

    [Fact]
    public void Many_threads_lose_no_span_uncounted()
    {
        Parallel.For(0, 8, _ => End(10_000));
        _traces.Shutdown(30_000).ShouldBeTrue();
        (_gate.Items + _drops.Total).ShouldBe(80_000);
    }

    private void End(int count)
    {
        for (var i = 0; i < count; i++)
            _source.StartActivity("span")!.Dispose();
    }

    /// <summary>Takes export requests while it is open.</summary>
    private sealed class Gate : HttpMessageHandler
    {
        private long _items;

        public ManualResetEventSlim Open { get; } = new(true);
        public long Items => Interlocked.Read(ref _items);

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Open.Wait(CancellationToken.None);
            using var body = new MemoryStream();
            request.Content!.CopyTo(body, null, CancellationToken.None);
            Interlocked.Add(ref _items, OtlpRequest.Items(body.ToArray()));
            return new HttpResponseMessage(HttpStatusCode.OK);
        }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }
}
