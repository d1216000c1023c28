using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tocsin.Model;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Tests.Shared;

public sealed class TimeTextTests
{
    private const ulong Noon = 1_773_500_966_000_000_000; // 2026-03-14T15:09:26Z

    [Theory]
    [InlineData("2026-03-14T15:09:26Z", Noon)]
    [InlineData("2026-03-14 15:09:26", Noon)]
    [InlineData("2026-03-14t15:09:26z", Noon)]
    [InlineData("2026-03-14T15:09:26.5Z", Noon + 500_000_000)]
    [InlineData("2026-03-14T15:09:26,123456789Z", Noon + 123_456_789)]
    [InlineData("2026-03-14T15:09:26.1234567899Z", Noon + 123_456_789)]
    [InlineData("2026-03-14T16:09:26+01:00", Noon)]
    [InlineData("2026-03-14T16:09:26+0100", Noon)]
    [InlineData("2026-03-14T16:09:26 +01", Noon)]
    [InlineData("2026-03-14T11:39:26.000-03:30", Noon)]
    [InlineData("1969-12-31T23:59:59Z", 1ul)]
    [InlineData("1970-01-01T00:00:00Z", 1ul)]
    [InlineData("9999-12-31T23:59:59Z", (ulong)long.MaxValue)]
    public void Times_are_read(string text, ulong nanos)
    {
        TimeText.TryParse(Encoding.UTF8.GetBytes(text), out ulong time).ShouldBeTrue();
        time.ShouldBe(nanos);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-03-14T24:00:00Z")]
    [InlineData("2026-03-14T15:09:26.Z")]
    [InlineData("2026-03-14T15:09:26+1:00")]
    [InlineData("2026-03-14T15:09:26 UTC")]
    [InlineData("0000-03-14T15:09:26Z")]
    [InlineData("2026-03-14T15:09")]
    public void What_is_not_a_time_is_not_read(string text) =>
        TimeText.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();

    [Theory]
    [InlineData("1773500966", Noon)]
    [InlineData("1773500966.535897932", Noon + 535_897_932)]
    [InlineData("1773500966535", Noon + 535_000_000)]
    [InlineData("1773500966535.25", Noon + 535_250_000)]
    [InlineData("1773500966535897", Noon + 535_897_000)]
    [InlineData("1773500966535897932", Noon + 535_897_932)]
    [InlineData("0", 1ul)]
    [InlineData("9223372036854775807", (ulong)long.MaxValue)]
    public void Numbers_are_read_in_the_unit_their_size_tells(string text, ulong nanos)
    {
        TimeText.TryEpoch(Encoding.UTF8.GetBytes(text), out ulong time).ShouldBeTrue();
        time.ShouldBe(nanos);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("1.")]
    [InlineData("1.2.3")]
    [InlineData("99999999999999999999")]
    [InlineData("x")]
    [InlineData("")]
    public void Other_numbers_are_not_times(string text) =>
        TimeText.TryEpoch(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();

    [Fact]
    public void Every_time_that_net_writes_is_read_back()
    {
        Prop.ForAll<DateTime, int>((date, minutes) =>
        {
            var time = new DateTimeOffset(date.Year is < 1971 or > 2200 ? new DateTime(2026, date.Month, 1) + date.TimeOfDay : DateTime.SpecifyKind(date, DateTimeKind.Unspecified), TimeSpan.FromMinutes(minutes % 800));
            TimeText.TryParse(Encoding.UTF8.GetBytes(time.ToString("O", CultureInfo.InvariantCulture)), out ulong nanos).ShouldBeTrue();
            nanos.ShouldBe((ulong)Instant.From(time).UnixNanos);
        }).QuickCheckThrowOnFailure();
    }
}
