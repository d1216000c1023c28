namespace Tocsin.Model.Tests;

public sealed class InstantTests
{
    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(6, "1970-01-01T00:00:00.000000006Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(1767323045000000006, "2026-01-02T03:04:05.000000006Z")]
    public void Text_is_iso_8601_with_nanoseconds(long nanos, string text) => new Instant(nanos).ToString()
        .ShouldBe(text);

    [Theory]
    [InlineData("2026-03-14T15:00:00.123456789Z", 1773500400123456789)]
    [InlineData("2026-03-14 15:00", 1773500400000000000)]
    [InlineData("2026-03-14T16:00:00.5+01:00", 1773500400500000000)]
    [InlineData("2026-03-14T15:00:00.1234567891Z", null)]
    [InlineData("0001-01-01", null)]
    [InlineData("yesterday", null)]
    public void Times_are_read_to_the_nanosecond(string text, long? nanos) => (Instant.Parse(text)?.UnixNanos).ShouldBe(nanos);

    [Theory]
    [InlineData("error", Severity.Error)]
    [InlineData("WARNING", Severity.Warn)]
    [InlineData(" Information ", Severity.Info)]
    [InlineData("crit", Severity.Fatal)]
    [InlineData("loud", null)]
    [InlineData("", null)]
    public void Severity_knows_every_dialect(string word, byte? severity) => Severity.Parse(word).ShouldBe(severity);

    [Fact]
    public void Severity_families_have_four_numbers_each() =>
        Enumerable.Range(0, 25).Select(i => Severity.Name((byte)i)).ShouldBe(
            new[] { "unknown" }.Concat(
                new[] { "trace", "debug", "info", "warn", "error", "fatal" }.SelectMany(n => Enumerable.Repeat(n, 4))));
}
