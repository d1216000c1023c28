using System.Collections;
using System.Globalization;
using Tocsin.Testing.Processes;
using TocsinSdk.Configuration;

namespace TocsinSdk.Tests.Configuration;

/// <summary>The table of options in docs/guide/sdk.md: every member with its variable, its default, and whether it is live.</summary>
public sealed class OptionTableTests
{
    private static readonly string[] s_table =
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs/guide/sdk.md")).Where(static l => l.StartsWith("| `", StringComparison.Ordinal))];

    [Fact]
    public void Every_member_has_its_line()
    {
        var defaults = new TocsinOptions();
        var expected = new List<(string Start, bool Live)>();
        foreach (var shape in OptionShape.Root.Members)
            if (!shape.IsGroup)
                s_table.ShouldContain(l => l.StartsWith($"| `{shape.Name}`", StringComparison.Ordinal), shape.Name);
            else
                expected.AddRange(shape.Members.Select(m => Line(shape.Name, m, defaults)));
        var missing = expected.Where(static e => !s_table.Any(l => l.StartsWith(e.Start, StringComparison.Ordinal)
            && l.EndsWith("| live |", StringComparison.Ordinal) == e.Live)).ToList();
        missing.ShouldBeEmpty("docs/guide/sdk.md lacks:\n"
            + string.Join('\n', missing.Select(static m => m.Start + (m.Live ? "live |" : "|"))));
    }

    [Fact]
    public void Every_line_speaks_of_a_member()
    {
        foreach (var line in s_table.Select(static l => l.Split('`')[1]).Where(static n => n.Contains('.')))
            if (line.Split('.') is [var group, var member] && OptionShape.Root.Find(group) is { IsGroup: true } found)
                found.Find(member).ShouldNotBeNull(line);
    }

    // "| `Traces.SampleRatio` | `TOCSIN_TRACES__SAMPLERATIO` | `1` | live |"; a default that depends is the page's to say.
    private static (string Start, bool Live) Line(string group, OptionShape member, TocsinOptions defaults)
    {
        var of = typeof(TocsinOptions).GetProperty(group)!.GetValue(defaults)!;
        var value = Text(of.GetType().GetProperty(member.Name)!.GetValue(of));
        var variable = $"TOCSIN_{group}__{member.Name}{(member.IsDictionary ? "__*" : "")}".ToUpperInvariant();
        return ($"| `{group}.{member.Name}` | `{variable}` | " + (value is null ? "" : value + " | "), member.Live);
    }

    private static string? Text(object? value) => value switch
    {
        null or "" => null,
        bool truth => truth ? "`true`" : "`false`",
        TimeSpan time => $"`{Time(time)}`",
        int or long => $"`{Number(Convert.ToInt64(value, CultureInfo.InvariantCulture))}`",
        string text => $"`{text}`",
        ICollection { Count: 0 } => "empty",
        IEnumerable items => string.Join(", ", items.Cast<object>().Select(static i => $"`{i}`")),
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    // As it may be written in configuration.
    private static string Time(TimeSpan time) =>
        time == TimeSpan.Zero ? "0"
        : time.Ticks % TimeSpan.TicksPerDay == 0 ? time.Days + "d"
        : time.Ticks % TimeSpan.TicksPerSecond == 0 ? time.TotalSeconds + "s"
        : time.TotalMilliseconds + "ms";

    private static string Number(long number) => number >= 1 << 20 && number % (1 << 20) == 0
        ? (number >> 20).ToString(CultureInfo.InvariantCulture) + "MB" : number.ToString(CultureInfo.InvariantCulture);
}
