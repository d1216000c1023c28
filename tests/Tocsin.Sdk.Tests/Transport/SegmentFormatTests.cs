using Tocsin.Testing;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Transport;

public sealed class SegmentFormatTests
{
    private static readonly DateTimeOffset s_created = new(2026, 3, 14, 15, 9, 26, TimeSpan.Zero);

    [Fact]
    public void What_is_written_is_read()
    {
        var segment = Segment(out var frames, out _);
        SegmentFormat.TryReadHead(segment, out var head).ShouldBeTrue();
        head.ShouldBe(new SegmentHead(Lane.Warning, s_created, 5));
        SegmentFormat.ReadSent(segment, head).ShouldBe(head.First);
        Read(segment, head.First, out var damaged).ShouldBe(frames);
        damaged.ShouldBe(0);
    }

    [Fact]
    public void A_torn_tail_costs_the_torn_frame_only()
    {
        var segment = Segment(out var frames, out var starts);
        for (var cut = starts[^1] + 1; cut < starts[^1] + 20; cut++)
        {
            var torn = segment.ToArray();
            torn.AsSpan(cut).Clear();
            Read(torn, starts[0], out _).ShouldBe(frames[..^1]);
        }
    }

    [Fact]
    public void A_damaged_frame_is_passed_over_and_counted()
    {
        var segment = Segment(out var frames, out var starts);
        segment[starts[1] + SegmentFormat.FrameHead + 2] ^= 0x10;
        Read(segment, starts[0], out var damaged).ShouldBe([frames[0], .. frames[2..]]);
        damaged.ShouldBe(1);
    }

    [Fact]
    public void A_mark_that_makes_no_sense_means_that_nothing_was_sent()
    {
        var segment = Segment(out _, out var starts);
        SegmentFormat.TryReadHead(segment, out var head).ShouldBeTrue();
        foreach (var mark in (int[])[int.MinValue, -1, 0, 63, int.MaxValue, segment.Length + 1])
        {
            SegmentFormat.WriteSent(segment, mark);
            SegmentFormat.ReadSent(segment, head).ShouldBe(starts[0]);
        }
        SegmentFormat.WriteSent(segment, starts[2]);
        SegmentFormat.ReadSent(segment, head).ShouldBe(starts[2]);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void No_bytes_whatever_make_the_reader_fail_or_invent()
    {
        var whole = Segment(out var frames, out _);
        var mutation = new Mutation(FuzzSeed.Of(4711));
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = mutation.Of(whole);
            if (!SegmentFormat.TryReadHead(bytes, out var head))
                continue;
            foreach (var text in Read(bytes, SegmentFormat.ReadSent(bytes, head), out _))
                frames.ShouldContain(text);
        }
    }

    private static byte[] Segment(out List<string> frames, out List<int> starts)
    {
        var segment = new byte[4096];
        var head = new SegmentHead(Lane.Warning, s_created, 5);
        SegmentFormat.WriteHead(segment, head, "12345"u8);
        (frames, starts) = ([], []);
        var at = head.First;
        for (var i = 0; i < 8; i++)
        {
            var text = new string((char)('a' + i), 3 + i * 7);
            var body = System.Text.Encoding.ASCII.GetBytes(text);
            SegmentFormat.WriteFrame(segment.AsSpan(at), FrameKind.LogRecord, 1, "Shop"u8, body);
            frames.Add(text);
            starts.Add(at);
            at = SegmentFormat.Aligned(at + SegmentFormat.FrameSize(4, body.Length));
        }
        return segment;
    }

    private static List<string> Read(ReadOnlySpan<byte> segment, int at, out int damaged)
    {
        var texts = new List<string>();
        damaged = 0;
        while (SegmentFormat.TryReadFrame(segment, at, out var frame, ref damaged))
        {
            texts.Add(System.Text.Encoding.Latin1.GetString(frame.Body));
            at = frame.End;
        }
        return texts;
    }
}
