using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Transport;

public sealed class SendQueueTests : IDisposable
{
    private const int Large = 500 << 10;

    private readonly Queues _queues = new();
    private readonly Drops _drops = new();

    public void Dispose() => _queues.Dispose();

    [Fact]
    public void A_lane_gives_back_what_it_took_in_order()
    {
        var queue = _queues.Of("a", _drops);
        for (var i = 0; i < 10_000; i++)
            Queues.Log(queue, Lane.Information, "line " + i, padding: 300);
        queue.WaitingItems.ShouldBe(10_000);
        Queues.Drain(queue, Lane.Information).ShouldBe(Enumerable.Range(0, 10_000).Select(i => "line " + i));
        queue.IsEmpty.ShouldBeTrue();
        _drops.Total.ShouldBe(0);
    }

    [Fact]
    public void A_full_queue_gives_up_the_oldest_of_the_least_severe()
    {
        var queue = _queues.Of("a", _drops, bytes: 8 << 20);
        for (var i = 0; i < 6; i++)
            Queues.Log(queue, Lane.Information, "info " + i, Large);
        for (var i = 0; i < 6; i++)
            Queues.Log(queue, Lane.Debug, "debug " + i, Large);
        for (var i = 0; i < 6; i++)
            Queues.Log(queue, Lane.Warning, "warning " + i, Large);
        Queues.Drain(queue, Lane.Debug).ShouldBe(["debug 4", "debug 5"]);
        Queues.Drain(queue, Lane.Information).Count.ShouldBe(6);
        Queues.Drain(queue, Lane.Warning).Count.ShouldBe(6);
        _drops[Signal.Logs, DropReason.QueueFull].ShouldBe(4);
    }

    [Fact]
    public void What_is_not_less_severe_than_the_newcomer_stays()
    {
        var queue = _queues.Of("a", _drops, bytes: 8 << 20);
        for (var i = 0; i < 14; i++)
            Queues.Log(queue, Lane.Warning, "warning " + i, Large);
        Queues.Log(queue, Lane.Debug, "debug", Large);
        _drops[Signal.Logs, DropReason.QueueFull].ShouldBe(1);
        Queues.Drain(queue, Lane.Warning).Count.ShouldBe(14);
        Queues.Drain(queue, Lane.Debug).ShouldBeEmpty();
    }

    [Fact]
    public void Errors_have_room_of_their_own()
    {
        var queue = _queues.Of("a", _drops, bytes: 8 << 20);
        for (var i = 0; i < 40; i++)
            queue.Append(Lane.Metrics, FrameKind.Request, 7, [], new byte[Large]);
        Queues.Log(queue, Lane.Error, "the one that matters", Large);
        Queues.Drain(queue, Lane.Error).ShouldBe(["the one that matters"]);
        queue.WaitingItems.ShouldBe(14 * 7);
        _drops[Signal.Metrics, DropReason.QueueFull].ShouldBe(26 * 7);
    }

    [Fact]
    public void What_waited_too_long_is_dropped_and_counted()
    {
        var queue = _queues.Of("a", _drops);
        Queues.Log(queue, Lane.Information, "old");
        _queues.Clock.Advance(TimeSpan.FromDays(2));
        queue.Expire();
        Queues.Log(queue, Lane.Information, "new");
        _queues.Clock.Advance(TimeSpan.FromDays(1.5));
        queue.Expire();
        Queues.Drain(queue, Lane.Information).ShouldBe(["new"]);
        _drops[Signal.Logs, DropReason.Expired].ShouldBe(1);
    }

    [Fact]
    public void What_a_dead_process_left_is_adopted_with_its_own_resource()
    {
        var dead = new SpoolFolder(_queues.Spool, "dead", _queues.Clock, _queues.Said.Add);
        var left = new SendQueue(new TransportOptions(), dead, [1, 2, 3], new Drops(), _queues.Clock);
        Queues.Log(left, Lane.Information, "from the dead");
        Queues.Log(left, Lane.Error, "its error");
        dead.Leave(empty: false); // as the system does: the lock is free, nothing else happens

        var queue = _queues.Of("alive", _drops);
        queue.Adopt();
        var segment = queue.Lease(Lane.Information, DateTimeOffset.MaxValue)!;
        segment.Resource.ToArray().ShouldBe([1, 2, 3]);
        queue.Return(segment, segment.Sent, 0);
        Queues.Drain(queue, Lane.Information).ShouldBe(["from the dead"]);
        Queues.Drain(queue, Lane.Error).ShouldBe(["its error"]);
        Directory.Exists(Path.Combine(_queues.Spool, "dead")).ShouldBeFalse();
    }

    [Fact]
    public void Two_processes_share_a_folder_and_leave_each_other_alone()
    {
        var (one, two) = (_queues.Of("one", _drops), _queues.Of("two", _drops));
        Queues.Log(one, Lane.Information, "of one");
        Queues.Log(two, Lane.Information, "of two");
        two.Adopt();
        Queues.Drain(two, Lane.Information).ShouldBe(["of two"]);
        Queues.Drain(one, Lane.Information).ShouldBe(["of one"]);
        one.Close();
        two.Close();
        Directory.GetDirectories(_queues.Spool).ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_writable_disk_memory_stands_in_and_it_is_said_once()
    {
        var file = Path.Combine(Path.GetDirectoryName(_queues.Spool)!, "a file");
        File.WriteAllText(file, "");
        var queue = _queues.Of("a", _drops, memory: 8 << 20, spool: Path.Combine(file, "below"));
        for (var i = 0; i < 20; i++)
            Queues.Log(queue, Lane.Information, "line " + i, Large);
        _queues.Said.Count.ShouldBe(1);
        _queues.Said[0].ShouldStartWith("tocsin: spool: ");
        queue.IsOnDisk.ShouldBeFalse();
        Queues.Drain(queue, Lane.Information).ShouldBe(Enumerable.Range(6, 14).Select(i => "line " + i));
        _drops[Signal.Logs, DropReason.QueueFull].ShouldBe(6);
    }

    [Fact]
    public void Files_are_the_owners_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        Queues.Log(_queues.Of("a", _drops), Lane.Information, "x");
        var folder = Path.Combine(_queues.Spool, "a");
        File.GetUnixFileMode(folder).ShouldBe(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(folder))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Many_threads_lose_nothing_while_it_is_sent()
    {
        var queue = _queues.Of("a", _drops);
        using var done = new CancellationTokenSource();
        var seen = new List<string>();
        var sender = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
                seen.AddRange(Queues.Drain(queue, Lane.Information));
        });
        sender.Start();
        var writers = Enumerable.Range(0, 4).Select(w => new Thread(() =>
        {
            for (var i = 0; i < 20_000; i++)
                Queues.Log(queue, Lane.Information, $"{w}:{i}", 100);
        })).ToList();
        writers.ForEach(w => w.Start());
        writers.ForEach(w => w.Join());
        done.Cancel();
        sender.Join();
        seen.AddRange(Queues.Drain(queue, Lane.Information));
        seen.Count.ShouldBe(80_000);
        seen.Distinct().Count().ShouldBe(80_000);
        for (var w = 0; w < 4; w++)
            seen.Where(s => s.StartsWith(w + ":", StringComparison.Ordinal)).Select(s => int.Parse(s[2..]))
                .ShouldBeInOrder();
    }
}
