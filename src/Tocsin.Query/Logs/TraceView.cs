using System.Text.Json;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Query.Logs;

/// <summary>All stored spans of one trace, parents before their children.</summary>
/// <param name="Truncated">True when the trace has more spans than are shown.</param>
public sealed record TraceView(
    string TraceId, Instant Start, long DurationNanos, IReadOnlyList<string> Services,
    IReadOnlyList<SpanView> Spans,
    bool Truncated);

/// <summary>One span of a trace.</summary>
public sealed record SpanView
{
    public required string SpanId { get; init; }
    public string? ParentSpanId { get; init; }
    public required string Name { get; init; }
    public required string Service { get; init; }

    /// <summary>"internal", "server", "client", "producer", "consumer" or "unspecified".</summary>
    public required string Kind { get; init; }
    public required string StartNanos { get; init; }
    public required long DurationNanos { get; init; }

    /// <summary>"unset", "ok" or "error".</summary>
    public required string Status { get; init; }
    public string? StatusMessage { get; init; }

    /// <summary>0 for a span whose parent is not here.</summary>
    public int Depth { get; init; }
    public required JsonElement Attributes { get; init; }

    /// <summary>A JSON array of {name, time, attributes}, as stored.</summary>
    public required JsonElement Events { get; init; }

    internal Instant StartTime { get; init; }

    private static readonly string[] s_kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"];
    private static readonly string[] s_statuses = ["unset", "ok", "error"];
    private static readonly JsonElement s_none = JsonSerializer.SerializeToElement(Array.Empty<int>());

    internal static SpanView From(in EventRow row) => new()
    {
        SpanId = RowText.Hex(row.SpanId) ?? "",
        ParentSpanId = row.TryGet(Fields.ParentSpanId, out FieldValue parent) && parent.Kind == ValueKind.Bytes
            && parent.Payload.ContainsAnyExcept((byte)0) ? RowText.Hex(parent.Payload) : null,
        Name = RowText.Text(row, Fields.Name) ?? "",
        Service = RowText.Service(row),
        Kind = Named(s_kinds, RowText.Int(row, Fields.Kind)),
        StartTime = row.Time,
        StartNanos = row.Time.UnixNanos.ToString(),
        DurationNanos = RowText.Int(row, Fields.Duration),
        Status = Named(s_statuses, RowText.Int(row, Fields.StatusCode)),
        StatusMessage = RowText.Text(row, Fields.StatusMessage),
        Attributes = RowText.Object(row.Fields, default, keep: name => !name.StartsWith('@')
            || name.StartsWith("@@", StringComparison.Ordinal)),
        Events = row.TryGet(Fields.SpanEvents, out FieldValue events) && events.Kind == ValueKind.Array
            ? RowText.Json(events) : s_none,
    };

    private static string Named(string[] names, long number) =>
        number >= 0 && number < names.Length ? names[number] : names[0];
}

/// <summary>Puts spans into the order in which a waterfall shows them. Pure.</summary>
internal static class SpanTree
{
    /// <summary>
    /// Depth first, siblings by start; a span whose parent is missing is a root; a circle of parents is cut open.
    /// </summary>
    public static List<SpanView> Order(IReadOnlyList<SpanView> spans)
    {
        // Senders retry, so a span may come twice; spans without an id are all kept.
        List<SpanView> byStart =
        [
            .. spans.Where(s => s.SpanId.Length > 0).DistinctBy(s => s.SpanId)
                .Concat(spans.Where(s => s.SpanId.Length == 0)).OrderBy(s => s.StartTime),
        ];
        HashSet<string> known = [.. byStart.Select(s => s.SpanId)];
        ILookup<string, SpanView> children = byStart.Where(s => s.ParentSpanId is not null)
            .ToLookup(s => s.ParentSpanId!);
        var ordered = new List<SpanView>(byStart.Count);
        var placed = new HashSet<SpanView>(ReferenceEqualityComparer.Instance);
        foreach (SpanView root in byStart.Where(s => s.ParentSpanId is null || !known.Contains(s.ParentSpanId)))
            Place(root, children, placed, ordered);
        foreach (SpanView left in byStart)
            Place(left, children, placed, ordered);
        return ordered;
    }

    private static void Place(SpanView root, ILookup<string, SpanView> children, HashSet<SpanView> placed,
        List<SpanView> ordered)
    {
        var stack = new Stack<(SpanView Span, int Depth)>([(root, 0)]);
        while (stack.TryPop(out (SpanView Span, int Depth) next))
        {
            if (!placed.Add(next.Span))
                continue;
            ordered.Add(next.Span with { Depth = next.Depth });
            foreach (SpanView child in children[next.Span.SpanId].Reverse())
                stack.Push((child, next.Depth + 1));
        }
    }
}
