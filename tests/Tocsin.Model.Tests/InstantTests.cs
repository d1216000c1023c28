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
