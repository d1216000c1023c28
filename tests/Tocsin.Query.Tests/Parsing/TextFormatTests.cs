using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Parsing;
using Tocsin.Query.Patterns;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Parsing;

public sealed class TextFormatTests
{
    [Theory]
    [InlineData("""{"a":1,"b":{"c":"x","d":{"e":null}},"f":[1,{"g":2}],"h":true,"i":1.50}""", "a=1 b.c=x b.d.e=- f=[1,{\"g\":2}] h=true i=1.5")]
    [InlineData("""{"big":12345678901234567890,"neg":-9223372036854775808,"far":1e400}""", "big=12345678901234567890 neg=-9223372036854775808 far=1e400")]
    [InlineData("""  {"a":1}""", "a=1")]
    [InlineData("""[1]""", "")]
    [InlineData("""{"a":1""", "")]
    [InlineData("""{"a":"\ud800"}""", "")]
    public void Json(string text, string want) => Read(new JsonFormat(), text).ShouldBe(want);

    [Theory]
    [InlineData("a=1 b=\"x y\" c= d=\"\" e", "a=1 b=x y c='' d=''")]
    [InlineData("time=2026 msg=\"say \\\"hi\\\"\" =x k=v=w", "time=2026 msg=say \"hi\" k=v=w")]
    [InlineData("hello world: user=ann", "user=ann")]
    [InlineData("a=\"open", "a=open")]
    public void Logfmt(string text, string want) => Read(new LogfmtFormat(), text).ShouldBe(want);

    [Theory]
    [InlineData("<ip> - <user> [<_>]", "1.2.3.4 - ann [x]", "ip=1.2.3.4 user=ann")]
    [InlineData("took <ms>ms", "it took 5ms and more", "ms=5")]
    [InlineData("<all>", "x", "all=x")]
    [InlineData("a<b>c", "no", "")]
    [InlineData("x < <n>", "x < 5", "n=5")]
    public void Pattern(string pattern, string text, string want) => Read(new PatternFormat(pattern), text).ShouldBe(want);

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_text_is_read_or_left()
    {
        string[] pieces = ["{", "}", "[", "]", "\"", "\\", ":", ",", "=", " ", "a", "b=", "\"x\"", "1", "-", ".", "e9", "null", "\\u00", "\uD800", "\uDC00", "é", "\n", "<", ">"];
        TextFormat[] formats = [new JsonFormat(), new LogfmtFormat(), new PatternFormat("<a>=<b> <_>\"<c>"), new RegexFormat("(?<a>\\w+)=(?<b>.*)")];
        TextReading[] readings = [.. formats.Select(f => f.CreateReader())];
        Random random = FuzzSeed.Random(3);
        for (int i = FuzzSeed.Cases(20_000); i > 0; i--)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => pieces[random.Next(pieces.Length)]));
            foreach (TextReading reading in readings)
                reading(text, (name, value) => (name.Length + value.ToString().Length).ShouldBeGreaterThanOrEqualTo(0));
            MessagePattern.Of(text).Length.ShouldBeLessThanOrEqualTo(6 * text.Length);
            Instant.Parse(text);
            TimeText.Length(text);
            Numeric.Parse(text);
        }
    }

    private static string Read(TextFormat format, string text)
    {
        var found = new List<string>();
        format.CreateReader()(text, (name, value) => found.Add($"{name}={QueryDesk.Show(value)}"));
        return string.Join(' ', found);
    }
}
