using Tocsin.Model;
using Tocsin.Query.Buckets;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Buckets;

public sealed class TimeStepTests
{
    private static readonly TimeZoneInfo s_berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    // Clocks in Berlin go forward on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00.
    [Theory]
    [InlineData(CalendarUnit.Day, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData(CalendarUnit.Day, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
    [InlineData(CalendarUnit.Hour, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")]
    [InlineData(CalendarUnit.Hour, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z")]
    [InlineData(CalendarUnit.Week, "2026-03-18T12:00:00Z", "2026-03-15T23:00:00Z", "2026-03-22T23:00:00Z")]
    [InlineData(CalendarUnit.Month, "2026-03-30T12:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData(CalendarUnit.Quarter, "2026-03-30T12:00:00Z", "2025-12-31T23:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData(CalendarUnit.Year, "2026-03-30T12:00:00Z", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z")]
    public void Calendars_follow_the_clocks_of_the_zone(CalendarUnit unit, string time, string start, string next)
    {
        var step = TimeStep.Of(unit, s_berlin);
        step.Floor(At(time)).ShouldBe(At(start));
        step.Next(At(start)).ShouldBe(At(next));
    }

    [Fact]
    public void Every_time_lies_in_exactly_one_step()
    {
        Random random = FuzzSeed.Random(81);
        TimeStep[] steps =
        [
            .. Enum.GetValues<CalendarUnit>().SelectMany(u => (TimeStep[])[TimeStep.Of(u, s_berlin), TimeStep.Of(u, TimeZoneInfo.Utc, 3_600_000_000_000)]),
            TimeStep.Of(90_000_000_000, TimeZoneInfo.Utc), TimeStep.Of(86_400_000_000_000, s_berlin), TimeStep.Of(1_000_000, TimeZoneInfo.Utc, -7),
            TimeStep.Of(3_600_000_000_000, TimeZoneInfo.CreateCustomTimeZone("+05:30", new TimeSpan(5, 30, 0), "", "")),
        ];
        foreach (TimeStep step in steps)
        {
            for (int i = 0; i < 5000; i++)
            {
                // A third of the times is near one of the changes of clocks.
                long around = random.Next(3) == 0 ? At("2026-10-25T01:00:00Z").UnixNanos + random.NextInt64(-8, 8) * 1_800_000_000_000
                    : random.NextInt64(At("1971-01-01T00:00:00Z").UnixNanos, At("2100-01-01T00:00:00Z").UnixNanos);
                var time = new Instant(around);
                Instant start = step.Floor(time), next = step.Next(start);
                start.ShouldBeLessThanOrEqualTo(time);
                next.ShouldBeGreaterThan(time, $"{time} {start}");
                step.Floor(start).ShouldBe(start);
            }
        }
    }

    [Fact]
    public void Only_steps_that_begin_at_multiples_since_1970_are_counted_by_the_store()
    {
        TimeStep.Of(CalendarUnit.Day, TimeZoneInfo.Utc).Plain.ShouldBe(TimeSpan.FromDays(1));
        TimeStep.Of(3_600_000_000_000, TimeZoneInfo.Utc).Plain.ShouldBe(TimeSpan.FromHours(1));
        TimeStep.Of(3_600_000_000_000, TimeZoneInfo.Utc, 1).Plain.ShouldBeNull();
        TimeStep.Of(3_600_000_000_000, s_berlin).Plain.ShouldBeNull();
        TimeStep.Of(CalendarUnit.Month, TimeZoneInfo.Utc).Plain.ShouldBeNull();
    }

    private static Instant At(string time) => Instant.From(DateTimeOffset.Parse(time));
}
