using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using TocsinSdk.Logging;
using TocsinSdk.Tests.Support;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Transport;

/// <summary>gRPC to a real HTTP/2 server.</summary>
public sealed class GrpcWireTests : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly GrpcWire _wire = new();
    private GrpcServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GrpcServer.Start();

    public ValueTask DisposeAsync()
    {
        _wire.Dispose();
        return _server.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_is_one_unary_call_with_the_metadata_of_the_variables(bool gzip)
    {
        var answer = Post(gzip: gzip, headers: [new("x-tenant", "shop"), new("Authorization", "Bearer k")]);
        (answer.Status, answer.Outcome).ShouldBe((200, "ok"));
        var call = _server.Calls.ShouldHaveSingleItem();
        call.Method.ShouldBe("/opentelemetry.proto.collector.logs.v1.LogsService/Export");
        Encoding.UTF8.GetString(call.Message).ShouldBe("body");
        call.Metadata["content-type"].ShouldBe("application/grpc");
        call.Metadata["te"].ShouldBe("trailers");
        (call.Metadata["x-tenant"], call.Metadata["authorization"]).ShouldBe(("shop", "Bearer k"));
        call.Metadata.ContainsKey("grpc-encoding").ShouldBe(gzip);
    }

    [Fact]
    public void What_was_rejected_of_a_batch_is_read_from_the_answer()
    {
        _server.Answer = GrpcServer.Success([0x0A, 2, 0x08, 3]);
        Post().Rejected.ShouldBe(3);
    }

    [Theory]
    [InlineData(3, "bad bytes", 400, "invalid argument: bad bytes")]
    [InlineData(8, "the message is larger than 100 bytes", 413, "resource exhausted: the message is larger than 100 bytes")]
    [InlineData(8, "quota", 429, "resource exhausted: quota")]
    [InlineData(12, "", 404, "unimplemented")]
    [InlineData(14, "später, 100 %", 503, "unavailable: später, 100 %")]
    [InlineData(16, "who?", 401, "unauthenticated: who?")]
    [InlineData(99, "", 503, "status 99")]
    public void A_failure_means_what_it_means_over_HTTP(int code, string message, int status, string outcome)
    {
        _server.Answer = GrpcServer.Failure(code, message);
        var answer = Post();
        (answer.Status, answer.Outcome, answer.RetryAfter).ShouldBe((status, outcome, null));
    }

    [Fact]
    public void The_pause_a_server_asks_for_is_read_from_the_details()
    {
        var duration = new Utf8Text(16);
        duration.Number(1, 7);
        duration.Number(2, 500_000_000);
        var info = new Utf8Text(32);
        info.Field(1, duration.Written);
        var any = new Utf8Text(128);
        any.Field(1, "type.googleapis.com/google.rpc.RetryInfo"u8);
        any.Field(2, info.Written);
        var status = new Utf8Text(256);
        status.Number(1, 14);
        status.Field(3, any.Written);
        var details = Convert.ToBase64String(status.Written);
        _server.Answer = GrpcServer.Failure(14, "busy", details.TrimEnd('='));
        Post().RetryAfter.ShouldBe(TimeSpan.FromSeconds(7.5));
        _server.Answer = GrpcServer.Failure(14, "busy", "not base64!");
        Post().RetryAfter.ShouldBeNull();
    }

    [Fact]
    public void Something_else_than_gRPC_is_told_as_what_it_is()
    {
        _server.Answer = static http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        Post().Status.ShouldBe(404);
        _server.Answer = static _ => Task.CompletedTask;
        (Post().Status, Post().Outcome).ShouldBe((503, "unknown"));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_costs_no_more_than_the_time_given()
    {
        var release = new TaskCompletionSource();
        _server.Answer = _ => release.Task;
        var answer = Post(timeout: TimeSpan.FromMilliseconds(300));
        (answer.Status, answer.Outcome).ShouldBe((0, "timed out"));
        release.SetResult();
        _server.Answer = null;
        Post().IsAccepted.ShouldBeTrue();
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_server_that_is_gone_is_told_and_found_again()
    {
        var url = _server.Url;
        await _server.DisposeAsync();
        Post(url: url).ShouldBe(new HttpAnswer(0, "refused"));
        _server = await GrpcServer.Start();
        Post().IsAccepted.ShouldBeTrue();
    }

    [Fact]
    public void Calls_are_neither_traced_nor_measured()
    {
        // Others of this process may call servers of their own meanwhile.
        var port = _server.Url.Port.ToString();
        var seen = new ConcurrentQueue<string>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = static source => source.Name.StartsWith("System.Net.Http", StringComparison.Ordinal),
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => Keep(activity.OperationName, [.. activity.TagObjects]),
        };
        ActivitySource.AddActivityListener(activities);
        using var measures = new System.Diagnostics.Metrics.MeterListener();
        measures.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "System.Net.Http")
                listener.EnableMeasurementEvents(instrument);
        };
        measures.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Keep(instrument.Name, tags));
        measures.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Keep(instrument.Name, tags));
        measures.Start();
        Post().IsAccepted.ShouldBeTrue();
        seen.ShouldBeEmpty();
        _server.Calls.Single().Metadata.Keys.ShouldNotContain("traceparent");

        void Keep(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
                if (tag.Key == "server.port" && tag.Value?.ToString() == port)
                    seen.Enqueue(name);
        }
    }

    private HttpAnswer Post(Uri? url = null, bool gzip = false, TimeSpan? timeout = null,
        IReadOnlyList<KeyValuePair<string, string>>? headers = null)
    {
        var method = "/" + Signal.Logs.GrpcService() + "/Export";
        var route = new Route(Signal.Logs, new Uri(url ?? _server.Url, method), headers ?? [], new Random(1))
        {
            Grpc = true, Gzip = gzip,
        };
        return _wire.Post(route, "body"u8.ToArray(), timeout ?? s_limit);
    }
}
