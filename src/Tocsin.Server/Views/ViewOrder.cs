using System.Text.Json.Serialization;
using Tocsin.Alerting.Api;
using Tocsin.Model;
using Tocsin.Query.Plans;
using Tocsin.Server.Api;

namespace Tocsin.Server.Views;

/// <summary>A view as somebody wants it kept.</summary>
public sealed record ViewOrder
{
    private const int NameCharacters = 100, WordCharacters = 200, MostColumns = 50;
    private static readonly string[] s_displays = ["records", "table", "bar", "area", "line", "bars", "patterns"];

    public string? Name { get; init; }

    /// <summary>Filter and pipes; empty for every record.</summary>
    public string? Query { get; init; }

    /// <summary>ISO 8601, epoch milliseconds or a time ago such as -24h; as the reader has it when left out.</summary>
    public string? From { get; init; }

    /// <summary>As from.</summary>
    public string? To { get; init; }

    /// <summary>Further fields to show of each record.</summary>
    public IReadOnlyList<string?>? Columns { get; init; }

    /// <summary>records, table, bar, area, line, bars or patterns; as is usual for the query when left out.</summary>
    public string? Display { get; init; }

    /// <summary>Who keeps it.</summary>
    public string? CreatedBy { get; init; }

    internal IReadOnlyList<Fault> Faults(DateTimeOffset now)
    {
        var faults = new List<Fault>();
        if (string.IsNullOrWhiteSpace(Name))
            faults.Add(new("name", "it is missing", "a name by which people find the view"));
        Check("name", Name, NameCharacters);
        Check("createdBy", CreatedBy, WordCharacters);
        if (QueryText.Parse(Query ?? "").Error is { } error)
            faults.Add(new("query", error.Message, error.Expected));
        Instant? from = Time("from", From), to = Time("to", To);
        if (from >= to)
            faults.Add(new("from", "it does not lie before to", "a time before it"));
        if (Columns?.Count > MostColumns)
            faults.Add(new("columns", $"there are {Columns.Count}", $"at most {MostColumns}"));
        for (int i = 0; i < Math.Min(Columns?.Count ?? 0, MostColumns); i++)
        {
            if (string.IsNullOrWhiteSpace(Columns![i]))
                faults.Add(new($"columns[{i}]", "it is empty", "the name of a field"));
            Check($"columns[{i}]", Columns[i], WordCharacters);
        }
        if (!string.IsNullOrEmpty(Display) && !s_displays.Contains(Display))
            faults.Add(new("display", $"'{Short(Display)}' is none", $"one of {string.Join(", ", s_displays)}"));
        return faults;

        Instant? Time(string where, string? text)
        {
            Instant? time = TimeRange.Parse(text, now);
            if (time is null && !string.IsNullOrEmpty(text))
                faults.Add(new(where, $"'{Short(text)}' cannot be read", TimeRange.Expected));
            return time;
        }

        void Check(string where, string? text, int most)
        {
            if (text?.Length > most)
                faults.Add(new(where, $"it has {text.Length} characters", $"at most {most}"));
            if (text?.Any(char.IsControl) == true)
                faults.Add(new(where, "it contains control characters", "printable text"));
        }
    }

    /// <summary>Of an order without faults.</summary>
    internal SavedView ToView(long id, DateTimeOffset now) => new(
        id, Name!.Trim(), (Query ?? "").Trim(), Empty(From), Empty(To), [.. (Columns ?? []).Select(c => c!.Trim())], Empty(Display),
        Empty(CreatedBy), now);

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ViewOrder))]
internal sealed partial class ViewJson : JsonSerializerContext;
