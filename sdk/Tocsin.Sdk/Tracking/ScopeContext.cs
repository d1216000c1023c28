namespace TocsinSdk.Tracking;

/// <summary>
/// Which operation this code runs in, and what each thread spends on it. The runtime calls back whenever a thread takes
/// up or leaves an execution context whose operation differs; between two such moments all that the thread allocates
/// and
/// computes is the operation's.
/// </summary>
internal static class ScopeContext
{
    private static readonly AsyncLocal<OperationScope?> s_current = new(static change => Switch(change.CurrentValue));

    [ThreadStatic]
    private static OperationScope? t_running;

    [ThreadStatic]
    private static long t_bytes, t_cpu;

    /// <summary>The innermost operation that has not ended.</summary>
    public static OperationScope? Current => OpenOf(s_current.Value);

    public static void Enter(OperationScope scope) => s_current.Value = scope;

    /// <summary>
    /// Gives the place back to the operation around it. From another flow than its own this changes nothing.
    /// </summary>
    public static void Leave(OperationScope scope)
    {
        if (ReferenceEquals(s_current.Value, scope))
            s_current.Value = OpenOf(scope.Parent);
    }

    /// <summary>Books what this thread has spent so far.</summary>
    public static void Settle() => Switch(t_running, always: true);

    // Runs inside the runtime's switch of contexts, where an exception would end the process.
    private static void Switch(OperationScope? next, bool always = false)
    {
        next = OpenOf(next);
        var running = t_running;
        if (ReferenceEquals(running, next) && !always)
            return;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var cpu = running?.MeasuresCpu == true || next?.MeasuresCpu == true ? ThreadCpu.Now() : 0;
        running?.Spend(bytes - t_bytes, running.MeasuresCpu ? cpu - t_cpu : 0);
        (t_running, t_bytes, t_cpu) = (next, bytes, cpu);
    }

    // Tasks that outlive their operation keep its context.
    private static OperationScope? OpenOf(OperationScope? scope)
    {
        while (scope is { Ended: true })
            scope = scope.Parent;
        return scope;
    }
}
