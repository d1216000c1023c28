using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

internal enum GroupColumnKind
{
    Field,
    Level,
    Time,
}

/// <summary>What columns have of an expression: a field or its shape, the level, the time or the step of time it lies in.</summary>
/// <param name="Path">Of a field.</param>
/// <param name="Shape">What of the field's values counts; null for all of it.</param>
/// <param name="Step">Nanoseconds of a step; 0 for the time itself.</param>
internal readonly record struct GroupColumn(GroupColumnKind Kind, FieldPath? Path, ValueShape? Shape, long Step)
{
    private static readonly ValueShape s_pattern = new(Patterns.MessagePattern.Of, Patterns.MessagePattern.Longest);

    /// <summary>Null when columns do not have it.</summary>
    public static GroupColumn? Of(Expression expression) => expression switch
    {
        FieldReference field => RecordParts.Named(field.Name) switch
        {
            RecordPart.Field => new GroupColumn(GroupColumnKind.Field, new FieldSource(field.Name).Path, null, 0),
            RecordPart.Level => new GroupColumn(GroupColumnKind.Level, null, null, 0),
            RecordPart.Time => new GroupColumn(GroupColumnKind.Time, null, null, 0),
            _ => null,
        },
        Call { Function: "bin", Arguments: [FieldReference time, Literal { Value: { Kind: CellKind.Int, AsInt: > 0 and var step } }] }
            when RecordParts.Named(time.Name) == RecordPart.Time => new GroupColumn(GroupColumnKind.Time, null, null, step),
        Call { Function: "pattern", Arguments: [FieldReference field] } when Of(field) is { Kind: GroupColumnKind.Field } text =>
            text with { Shape = s_pattern },
        _ => null,
    };

    /// <summary>Whether few rows differ in it, so that groups may be made of it.</summary>
    public bool IsKey => Kind != GroupColumnKind.Time || Step > 0;
}
