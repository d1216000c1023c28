using TocsinSdk.Configuration;

namespace TocsinSdk.Tests.Configuration;

public sealed class OptionShapeTests
{
    [Fact]
    public void Every_option_can_be_written_in_a_file()
    {
        foreach (var (name, shape) in Values(OptionShape.Root, ""))
            OptionText.IsSimple(shape.Type).ShouldBeTrue($"{name} is a {shape.Type}");
    }

    [Theory]
    [InlineData("slow_threshold", "SlowThreshold")]
    [InlineData("SLOWTHRESHOLD", "SlowThreshold")]
    [InlineData("slow-threshold", "SlowThreshold")]
    public void Names_are_found_in_any_spelling(string key, string name) =>
        OptionShape.Root.Find("requests")!.Find(key)!.Name.ShouldBe(name);

    [Theory]
    [InlineData("slow_treshold", "SlowThreshold")]
    [InlineData("enable", "Enabled")]
    [InlineData("frobnicate", null)]
    public void The_nearest_name_is_near_or_none(string key, string? name) =>
        OptionShape.Root.Find("requests")!.Nearest(key).ShouldBe(name);

    [Fact]
    public void What_changes_in_a_running_process_is_marked()
    {
        OptionValues.ShapeOf("Requests:SlowThreshold").Live.ShouldBeTrue();
        OptionValues.ShapeOf("Requests:QuietPaths:0").Live.ShouldBeTrue();
        OptionValues.ShapeOf("Url").Live.ShouldBeFalse();
    }

    private static IEnumerable<(string Name, OptionShape Shape)> Values(OptionShape shape, string name) =>
        shape.Element is { } element ? Values(element, name + "[]")
        : shape.IsGroup ? shape.Members.SelectMany(m => Values(m, name + "." + m.Name))
        : shape == OptionShape.Root || shape.Type.IsClass && shape.Type != typeof(string) ? []
        : [(name, shape)];
}
