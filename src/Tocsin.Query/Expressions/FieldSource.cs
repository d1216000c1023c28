using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Logs;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Expressions;

/// <summary>Where a name finds its value: what pipes have set, then the record itself, then its fields.</summary>
internal sealed class FieldSource
{
    public FieldSource(string name)
    {
        Name = name;
        Part = RecordParts.Named(name);
        Path = LogField.StoredPath(name);
    }

    public string Name { get; }

    public RecordPart Part { get; }

    public FieldPath Path { get; }

    public Cell Get(in PipeRow row)
    {
        if (row.Set.TryGet(Name, out Cell set))
            return set;
        if (!row.HasEvent)
            return Cell.Missing;
        if (Part != RecordPart.Field)
            return RecordParts.Get(Part, row);
        return Path.TryGet(row.Event, out FieldValue value) ? Cell.Of(value) : Cell.Missing;
    }

    /// <summary>
    /// True when <see cref="Path"/> finds in the event what <see cref="Get"/> would, so that the value may be looked at
    /// where it lies.
    /// </summary>
    public bool IsPlain(in PipeRow row) =>
        row.HasEvent && Part == RecordPart.Field && (row.Set.Count == 0 || !row.Set.TryGet(Name, out _));
}

/// <summary>What a name may stand for beside a field.</summary>
internal enum RecordPart
{
    Field,
    Time,
    Observed,
    Level,
    SeverityNumber,
    Trace,
    Span,
    Id,
}

/// <summary>Parts of a record that are no fields.</summary>
internal static class RecordParts
{
    public static RecordPart Named(string name) => name.ToLowerInvariant() switch
    {
        "time" or "timestamp" => RecordPart.Time,
        "observed" => RecordPart.Observed,
        "level" or "severity" => RecordPart.Level,
        "severity_number" => RecordPart.SeverityNumber,
        "trace" or "trace_id" or "traceid" => RecordPart.Trace,
        "span" or "span_id" or "spanid" => RecordPart.Span,
        "id" => RecordPart.Id,
        _ => RecordPart.Field,
    };

    public static Cell Get(RecordPart part, in PipeRow row) => part switch
    {
        RecordPart.Time => Cell.Of(row.Event.Time),
        RecordPart.Observed => Cell.Of(row.Event.Observed),
        RecordPart.Level => Cell.OfLevel(Severity.Family(row.Event.Severity)),
        RecordPart.SeverityNumber => Cell.Of((long)row.Event.Severity),
        RecordPart.Trace => Hex(row.Event.TraceId),
        RecordPart.Span => Hex(row.Event.SpanId),
        RecordPart.Id => Cell.Of(row.Id.ToString()),
        _ => Cell.Missing,
    };

    private static Cell Hex(ReadOnlySpan<byte> id) => id.IsEmpty ? Cell.Missing : Cell.Of(Convert.ToHexStringLower(id));
}
