namespace Tocsin.Query.Execution;

/// <summary>A running pipe: takes rows and passes rows on. One thread.</summary>
internal abstract class Operator
{
    /// <summary>False when no further row can change anything, so that the scan may stop.</summary>
    public abstract bool Push(in PipeRow row);

    /// <summary>No more rows come: passes on what was kept, then finishes the next one.</summary>
    public abstract void Finish();
}

/// <summary>A pipe that keeps nothing back.</summary>
internal abstract class StreamingOperator(Operator next) : Operator
{
    protected Operator Next => next;

    public sealed override void Finish() => next.Finish();
}
