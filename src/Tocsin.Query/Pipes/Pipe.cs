using Tocsin.Query.Execution;

namespace Tocsin.Query.Pipes;

/// <summary>One verb of a query, as a value. Its text parses back to an equal pipe.</summary>
public abstract record Pipe
{
    /// <summary>The word it is called by.</summary>
    public abstract string Verb { get; }

    public sealed override string ToString() => Arguments().Length == 0 ? Verb : $"{Verb} {Arguments()}";

    /// <summary>True when rows leave as they come; false when it has to see all rows first.</summary>
    internal virtual bool Streams => true;

    /// <summary>True when it does not matter in which order rows come.</summary>
    internal virtual bool AnyOrder => false;

    /// <summary>True when the order in which rows come does not change which rows it passes on.</summary>
    internal virtual bool KeepsRows => false;

    /// <summary>True when every row it takes becomes one row it passes on.</summary>
    internal virtual bool IsOneToOne => false;

    /// <summary>True when it can do nothing with computed rows.</summary>
    internal virtual bool NeedsRecords => false;

    /// <summary>The column for which it asks <see cref="LookBack"/> when somebody looks at it; null when there is none.</summary>
    internal virtual string? LookBackColumn => null;

    /// <summary>The columns behind it, given those in front of it.</summary>
    internal abstract Shape After(Shape before);

    /// <summary>Names the fields it looks at itself.</summary>
    internal abstract void AddFields(FieldUse use);

    /// <param name="build">The query it is part of, and its neighbours.</param>
    /// <param name="next">Where its rows go.</param>
    internal abstract Operator Build(PipeBuild build, Operator next);

    private protected abstract string Arguments();
}

/// <summary>What a pipe needs to know to be built.</summary>
/// <param name="Limit">How many rows the next pipe lets through; null when it is no limit.</param>
/// <param name="Input">The columns in front of the pipe.</param>
internal sealed record PipeBuild(QueryContext Context, long? Limit, Shape Input)
{
    /// <summary>Null when nobody asks what was there before.</summary>
    public LookBack? LookBack { get; init; }
}
