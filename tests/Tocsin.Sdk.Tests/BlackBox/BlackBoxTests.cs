using System.Diagnostics;
using System.Runtime.InteropServices;
using TocsinSdk.BlackBox;
using TocsinSdk.Runs;

namespace TocsinSdk.Tests.BlackBox;

public sealed unsafe class BlackBoxTests : IDisposable
{
    private readonly byte* _box = BlackBoxMemory.Allocate();
    private readonly BlackBoxWriter _writer;

    public BlackBoxTests() => _writer = new BlackBoxWriter(_box, Some.Identity, Pulse.Period, TimeProvider.System);

    private Span<byte> Box => new(_box, BlackBoxLayout.TotalSize);

    public void Dispose() => NativeMemory.Free(_box);

    [Fact]
    public void The_identity_comes_back_as_it_went_in()
    {
        var read = _writer.Snapshot();
        read.RunId.ShouldBe(Some.Identity.RunId);
        read.Service.ShouldBe("größe");
        read.Release.ShouldBe("1.2.3");
        read.Environment.ShouldBeNull();
        read.Host.ShouldBe("web-1");
        read.Pid.ShouldBe(4711);
        read.StartTime.ShouldBe(Some.Identity.StartTime);
        read.HeartbeatPeriod.ShouldBe(TimeSpan.FromMilliseconds(250));
        read.CrashState.ShouldBe(CrashState.None);
        (read.StopRequested, read.CleanExit, read.CrashId).ShouldBe((null, false, null));
    }

    [Fact]
    public void A_full_ring_keeps_the_newest_in_order()
    {
        for (var i = 0; i < 1000; i++)
        {
            _writer.Log(9, "L", "message " + i, default, default, i % 2 == 0 ? "u" + i : null);
            _writer.Breadcrumb("c", "crumb " + i);
        }
        var read = _writer.Snapshot();
        read.Logs.Select(l => l.Message).ShouldBe(Enumerable.Range(872, 128).Select(i => "message " + i));
        read.Logs[0].UserId.ShouldBe("u872");
        read.Logs[1].UserId.ShouldBeNull();
        read.Breadcrumbs.Select(b => b.Message).ShouldBe(Enumerable.Range(936, 64).Select(i => "crumb " + i));
        read.TornSlots.ShouldBe(0);
    }

    [Fact]
    public void A_long_text_is_cut_between_characters()
    {
        _writer.Log(17, new string('ü', 500), new string('€', 5000), default, default, new string('x', 500));
        var log = _writer.Snapshot().Logs.ShouldHaveSingleItem();
        log.Level.ShouldBe("error");
        log.Message.ShouldBe(new string('€', log.Message.Length));
        log.Logger.ShouldBe(new string('ü', 80));
        log.UserId.ShouldBe(new string('x', 64));
        log.ThreadId.ShouldBe(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public void A_half_written_slot_is_left_out_and_counted()
    {
        _writer.Log(9, "L", "whole", default, default, null);
        _writer.Log(9, "L", "torn", default, default, null);
        Box[BlackBoxLayout.LogsAt + BlackBoxLayout.LogSlotSize + BlackBoxLayout.SlotPayloadAt + 50] ^= 1;
        var read = _writer.Snapshot();
        read.Logs.ShouldHaveSingleItem().Message.ShouldBe("whole");
        read.TornSlots.ShouldBe(1);
    }

    [Fact]
    public void An_activity_is_there_until_it_ends_and_too_many_do_no_harm()
    {
        var activities = Enumerable.Range(0, 70)
            .Select(i => new Activity("op " + i).AddBaggage("user.id", "u" + i).Start()).ToList();
        foreach (var activity in activities)
            _writer.Began(activity);
        _writer.Snapshot().Activities.Count.ShouldBe(BlackBoxLayout.ActivitySlots);
        foreach (var activity in activities.Skip(1))
            _writer.Ended(activity);
        var left = _writer.Snapshot().Activities.ShouldHaveSingleItem();
        left.Name.ShouldBe("op 0");
        left.TraceId.ShouldBe(activities[0].TraceId.ToHexString());
        left.SpanId.ShouldBe(activities[0].SpanId.ToHexString());
        left.UserId.ShouldBe("u0");
        activities.Reverse();
        activities.ForEach(a => a.Dispose());
    }

    [Fact]
    public void Eight_threads_lose_nothing_but_what_the_ring_cannot_hold()
    {
        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            for (var i = 0; i < 2000; i++)
                _writer.Log(9, "L", $"{t}/{i}", default, default, null);
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        var read = _writer.Snapshot();
        // Two writers a whole ring apart may meet in a slot; then its checksum fails and it is counted, never misread.
        (read.Logs.Count + read.TornSlots).ShouldBe(BlackBoxLayout.LogSlots);
        read.Logs.ShouldAllBe(l => l.Logger == "L" && l.Message.Contains('/'));
    }

    [Fact]
    public void The_first_request_to_stop_is_the_one_remembered()
    {
        _writer.StopRequested(15);
        var first = _writer.Snapshot();
        _writer.StopRequested(2);
        _writer.CleanExit(143);
        var read = _writer.Snapshot();
        (read.StopRequested, read.StopSignal).ShouldBe((first.StopRequested, 15));
        (read.CleanExit, read.ExitCode).ShouldBe((true, 143));
        _writer.StopForgotten();
        _writer.Snapshot().StopRequested.ShouldBeNull();
    }

    [Fact]
    public void Any_damage_is_read_as_less_never_as_an_exception()
    {
        Fill();
        var original = Box.ToArray();
        var random = new Random(20261121);
        for (var round = 0; round < 4000; round++)
        {
            var damaged = original.ToArray();
            for (var i = random.Next(1, 30); i > 0; i--)
                damaged[Place(random, damaged.Length)] = (byte)random.Next(256);
            if (BlackBoxReader.Read(damaged) is { } read)
            {
                read.Service.ShouldBe("größe");
                read.Logs.ShouldAllBe(l => l.Message.StartsWith("message "));
            }
        }
    }

    [Fact]
    public void What_is_no_black_box_is_null()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var noise = new byte[random.Next(BlackBoxLayout.TotalSize + 100)];
            random.NextBytes(noise);
            BlackBoxReader.Read(noise).ShouldBeNull();
        }
        BlackBoxReader.Read(Box[..^1]).ShouldBeNull();
        BlackBoxReader.ReadFile("/nowhere/black-box.bin").ShouldBeNull();
    }

    private void Fill()
    {
        for (var i = 0; i < 200; i++)
        {
            _writer.Log(9, "Logger", "message " + i, ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(),
                "user");
            _writer.Breadcrumb("category", "crumb " + i);
        }
        using var activity = new Activity("operation").Start();
        _writer.Began(activity);
    }

    // Mostly where structure lies: header cells and the first bytes of slots.
    private static int Place(Random random, int length) => random.Next(3) switch
    {
        0 => random.Next(BlackBoxLayout.RunIdAt),
        1 => BlackBoxLayout.LogsAt + random.Next(BlackBoxLayout.LogSlots) * BlackBoxLayout.LogSlotSize
            + random.Next(64),
        _ => random.Next(length),
    };
}
