using TocsinSdk.Crashes;

namespace TocsinSdk.Tests.Crashes;

public sealed class HeapReserveTests
{
    private readonly SteppedClock _clock = new();

    [Fact]
    public void It_is_full_from_the_first_beat_on()
    {
        var reserve = new HeapReserve(_clock);
        reserve.Held.ShouldBe(0);
        reserve.Refill();
        reserve.Held.ShouldBeGreaterThanOrEqualTo(3, "an application may catch a failure or two before one ends it");
    }

    [Fact]
    public void One_piece_is_let_go_at_a_time_until_none_is_left()
    {
        var reserve = Full();
        for (var left = reserve.Held - 1; left >= 0; left--)
        {
            reserve.ReleasePiece();
            reserve.Held.ShouldBe(left);
        }
        reserve.ReleasePiece();
        reserve.Held.ShouldBe(0);
    }

    [Fact]
    public void What_was_let_go_is_taken_back_after_a_quiet_minute()
    {
        var reserve = Full();
        var full = reserve.Held;
        reserve.ReleasePiece();
        _clock.Seconds += 59;
        reserve.Refill();
        reserve.Held.ShouldBe(full - 1);
        _clock.Seconds += 1;
        reserve.Refill();
        reserve.Held.ShouldBe(full);
        reserve.ReleaseAll();
        reserve.Held.ShouldBe(0);
    }

    private HeapReserve Full()
    {
        var reserve = new HeapReserve(_clock);
        reserve.Refill();
        return reserve;
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
