using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;
using TocsinSdk.Configuration;

namespace TocsinSdk.Tests.Configuration;

public sealed class OptionTextTests
{
    [Theory]
    [InlineData("00:00:10", "00:00:10")]
    [InlineData("500ms", "00:00:00.5000000")]
    [InlineData("1.5 s", "00:00:01.5000000")]
    [InlineData("2m", "00:02:00")]
    [InlineData("36h", "1.12:00:00")]
    [InlineData("30D", "30.00:00:00")]
    [InlineData("0", "00:00:00")]
    // Ten what? .NET would read days.
    [InlineData("10", null)]
    [InlineData("soon", null)]
    [InlineData("1e300d", null)]
    [InlineData("NaNs", null)]
    [InlineData("", null)]
    public void Durations(string text, string? normal) => OptionText.Normalize(typeof(TimeSpan), text).ShouldBe(normal);

    [Theory]
    [InlineData("100", "100")]
    [InlineData("100 MB", "104857600")]
    [InlineData("1.5KiB", "1536")]
    [InlineData("2g", "2147483648")]
    [InlineData("-1", "-1")]
    [InlineData("1.5", null)]
    [InlineData("9e99gb", null)]
    [InlineData("many", null)]
    public void Sizes(string text, string? normal) => OptionText.Normalize(typeof(long), text).ShouldBe(normal);

    [Theory]
    [InlineData(typeof(int), "2g", null)]
    [InlineData(typeof(int), "-5", "-5")]
    [InlineData(typeof(bool), "Yes", "true")]
    [InlineData(typeof(bool), "off", "false")]
    [InlineData(typeof(bool), "perhaps", null)]
    [InlineData(typeof(double), "25%", "0.25")]
    [InlineData(typeof(double), "0.1", "0.1")]
    [InlineData(typeof(double), "NaN", null)]
    [InlineData(typeof(LogLevel), "WARN", "Warning")]
    [InlineData(typeof(LogLevel), "debug", "Debug")]
    [InlineData(typeof(LogLevel), "7", null)]
    [InlineData(typeof(string), " as it is ", " as it is ")]
    public void Other_values(Type type, string text, string? normal) =>
        OptionText.Normalize(type, text).ShouldBe(normal);

    [Fact]
    public void A_value_in_normal_form_stays_as_it_is() => Prop.ForAll<long, double, bool>((ticks, number, flag) =>
        Stays(typeof(TimeSpan), new TimeSpan(ticks).ToString("c")) && Stays(typeof(long), ticks.ToString())
        && (!double.IsFinite(number) || Stays(typeof(double), number.ToString("R"))) && Stays(typeof(bool), flag ? "true" : "false"))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_is_an_exception() => Prop.ForAll<string>(text =>
    {
        foreach (var type in new[] { typeof(TimeSpan), typeof(long), typeof(int), typeof(double), typeof(bool), typeof(LogLevel) })
            _ = OptionText.Normalize(type, text ?? "");
        _ = VariableText.Expand(text ?? "", static _ => null, out _);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("plain $5", "plain $5")]
    [InlineData("${A}${A}", "11")]
    [InlineData("${B:-x${A}", "x${A")]
    [InlineData("$${A}", "${A}")]
    [InlineData("${1x} ${} ${A", "${1x} ${} ${A")]
    [InlineData("${B}", null)]
    public void Variables_in_texts(string text, string? expanded) =>
        VariableText.Expand(text, static name => name == "A" ? "1" : null, out _).ShouldBe(expanded);

    private static bool Stays(Type type, string text) => OptionText.Normalize(type, text) == text;
}
