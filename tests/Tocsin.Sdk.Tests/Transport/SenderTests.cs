using System.Text;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Transport;

public sealed class SenderTests : IDisposable
{
    private readonly Queues _queues = new();
    private readonly Drops _drops = new();
    private readonly List<string> _bodies = [];
    private readonly Queue<HttpAnswer> _answers = new();
    private readonly SendQueue _queue;
    private readonly Sender _sender;
    private Func<int, HttpAnswer>? _bySize;

    public SenderTests()
    {
        _queue = _queues.Of("a", _drops);
        var routes = Enum.GetValues<Signal>()
            .Select(s => new Route(s, new Uri("http://tocsin:4480/v1/" + s.Name()), [], new Random(1))).ToArray();
        _sender = new Sender(_queue, routes, _drops, Queues.Resource, TimeSpan.FromSeconds(1), _queues.Clock,
            (_, body) =>
            {
                _bodies.Add(Encoding.Latin1.GetString(body.Span));
                return _bySize?.Invoke(body.Length) ?? (_answers.TryDequeue(out var a) ? a : new HttpAnswer(200, "ok"));
            }, (_, _) => { });
    }

    public void Dispose() => _queues.Dispose();

    [Fact]
    public void The_most_severe_goes_first_and_the_rest_waits_for_company()
    {
        Queues.Log(_queue, Lane.Information, "info");
        Queues.Log(_queue, Lane.Error, "error");
        _sender.Turn();
        _bodies.Single().ShouldContain("error");
        _queues.Clock.Advance(TimeSpan.FromSeconds(1));
        Queues.Log(_queue, Lane.Information, "more");
        _sender.Turn();
        _bodies.Count.ShouldBe(2);
        _bodies[1].ShouldContain("info");
        _bodies[1].ShouldContain("more");
        _queue.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void What_the_server_asks_for_is_obeyed()
    {
        _answers.Enqueue(new HttpAnswer(503, "503 Service Unavailable", TimeSpan.FromSeconds(60)));
        Queues.Log(_queue, Lane.Error, "error");
        _sender.Turn();
        Advance(59);
        _sender.Turn();
        _bodies.Count.ShouldBe(1);
        Advance(8);
        _sender.Turn();
        _bodies.Count.ShouldBe(2);
        (_queue.IsEmpty, _drops.Total).ShouldBe((true, 0));
    }

    [Fact]
    public void Without_a_word_from_the_server_the_pauses_grow_to_half_a_minute()
    {
        for (var i = 0; i < 100; i++)
            _answers.Enqueue(new HttpAnswer(0, "refused"));
        Queues.Log(_queue, Lane.Error, "error");
        for (var second = 0; second < 120; second++)
        {
            _sender.Turn();
            Advance(1);
        }
        _bodies.Count.ShouldBeInRange(6, 14);
        _answers.Clear();
        Advance(30);
        _sender.Turn();
        _queue.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_batch_too_large_is_split_until_it_fits()
    {
        _bySize = size => size > 2000 ? new HttpAnswer(413, "413") : new HttpAnswer(200, "ok");
        for (var i = 0; i < 100; i++)
            Queues.Log(_queue, Lane.Error, $"<{i}>", 100);
        _sender.Turn();
        (_queue.IsEmpty, _drops.Total).ShouldBe((true, 0));
        var taken = string.Concat(_bodies.Where(b => b.Length <= 2000));
        for (var i = 0; i < 100; i++)
            taken.ShouldContain($"<{i}>");
    }

    [Fact]
    public void A_record_too_large_alone_is_dropped_and_counted()
    {
        _bySize = size => size > 2000 ? new HttpAnswer(413, "413") : new HttpAnswer(200, "ok");
        Queues.Log(_queue, Lane.Error, "giant", 5000);
        Queues.Log(_queue, Lane.Error, "dwarf");
        _sender.Turn();
        _drops[Signal.Logs, DropReason.TooLarge].ShouldBe(1);
        _bodies.ShouldContain(b => b.Length <= 2000 && b.Contains("dwarf", StringComparison.Ordinal));
    }

    [Fact]
    public void A_request_of_the_exporter_that_is_too_large_is_taken_apart()
    {
        _bySize = size => size > 600 ? new HttpAnswer(413, "413") : new HttpAnswer(200, "ok");
        var request = OtlpRequestTests.Request(groups: 2, scopes: 2, items: 10, size: 50);
        _queue.Append(Lane.Traces, FrameKind.Request, OtlpRequest.Items(request), [], request);
        _sender.Turn(hurry: true);
        (_queue.IsEmpty, _drops.Total).ShouldBe((true, 0));
        _bodies.Where(b => b.Length <= 600).Sum(b => OtlpRequest.Items(Encoding.Latin1.GetBytes(b))).ShouldBe(40);
    }

    [Fact]
    public void What_the_server_refuses_is_counted_and_the_server_is_told()
    {
        _answers.Enqueue(new HttpAnswer(400, "400 Bad Request"));
        Queues.Log(_queue, Lane.Error, "malformed");
        _sender.Turn();
        _drops[Signal.Logs, DropReason.Rejected].ShouldBe(1);
        _bodies.Count.ShouldBe(2);
        _bodies[1].ShouldContain("tocsin.sdk.dropped.logs.rejected");
        Advance(60);
        _sender.Turn();
        _bodies.Count.ShouldBe(2, "it was told");
    }

    [Fact]
    public void What_the_server_took_only_in_part_is_counted()
    {
        _answers.Enqueue(new HttpAnswer(200, "ok", null, Rejected: 2));
        for (var i = 0; i < 5; i++)
            Queues.Log(_queue, Lane.Error, "line");
        _sender.Turn();
        _drops[Signal.Logs, DropReason.Rejected].ShouldBe(2);
    }

    [Fact]
    public void A_wrong_key_loses_nothing()
    {
        for (var i = 0; i < 3; i++)
            _answers.Enqueue(new HttpAnswer(401, "401 Unauthorized"));
        Queues.Log(_queue, Lane.Error, "error");
        for (var second = 0; second < 120; second += 10, Advance(10))
            _sender.Turn();
        (_queue.IsEmpty, _drops.Total, _bodies.Count).ShouldBe((true, 0, 4));
    }

    private void Advance(int seconds) => _queues.Clock.Advance(TimeSpan.FromSeconds(seconds));
}
