namespace Tocsin.Channels.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("0123456789", 5, "0123…")]
    [InlineData("abc🚨def", 5, "abc…")]
    [InlineData("abc", 1, "…")]
    [InlineData("abc", 0, "")]
    public void Cutting_never_splits_a_character(string text, int max, string cut) => Text.Cut(text, max).ShouldBe(cut);

    [Theory]
    [InlineData("a\r\nb", "a b")]
    [InlineData("\r\n a\t\0b \u2028", "a b")]
    [InlineData("\u0085", "")]
    public void One_line_is_one_line(string text, string line) => Text.OneLine(text, 50).ShouldBe(line);

    [Theory]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("data:text/html,x", null)]
    [InlineData("/relative", null)]
    [InlineData(null, null)]
    [InlineData("https://wiki.example.com/a b", "https://wiki.example.com/a%20b")]
    public void Only_web_addresses_become_links(string? text, string? link) => Text.WebAddress(text).ShouldBe(link);
}
