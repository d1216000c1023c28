using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using TocsinSdk.BlackBox;

namespace TocsinSdk.Crashes;

/// <summary>
/// Remembers, per thread, the context the last exception was first thrown in. The runtime resets the context of threads
/// and pool work before it raises UnhandledException, and with it goes who the user was. Costs two stores per throw.
/// </summary>
internal static class ThrowSite
{
    // A hash and not the exception: nothing of the application is kept alive by it.
    [ThreadStatic] private static int t_exception;
    [ThreadStatic] private static ExecutionContext? t_context;

    private static BlackBoxWriter? s_box;
    private static HeapReserve? s_reserve;

    public static void Watch(BlackBoxWriter box, HeapReserve reserve)
    {
        (s_box, s_reserve) = (box, reserve);
        // Walked once, down to the last callee: the first exception of all may be that there is no memory, and then
        // nothing can be compiled or loaded any more.
        box.MemoryRanOut();
        box.MemoryIsBack();
        reserve.ReleasePiece();
        reserve.TakeBack();
        OnThrown(null, new FirstChanceExceptionEventArgs(new InvalidOperationException()));
        AppDomain.CurrentDomain.FirstChanceException += OnThrown;
    }

    /// <summary>The context <paramref name="exception"/> was thrown in on this thread, else the current one.</summary>
    public static ExecutionContext? ContextOf(Exception? exception) =>
        exception is not null && t_exception == RuntimeHelpers.GetHashCode(exception) && t_context is { } context
            ? context
            : ExecutionContext.Capture();

    // The runtime passes no arguments when there is no room for them. An exception from here, however harmless, would
    // then end the process as an "internal CLR error".
    private static void OnThrown(object? sender, FirstChanceExceptionEventArgs? args)
    {
        if (args is null || args.Exception is OutOfMemoryException)
        {
            s_box?.MemoryRanOut();
            s_reserve?.ReleasePiece();
            // A thread's first touch of its own statics allocates.
            return;
        }
        var thrown = RuntimeHelpers.GetHashCode(args.Exception);
        if (t_exception == thrown)
            return; // thrown again on its way up
        t_exception = thrown;
        t_context = ExecutionContext.Capture();
    }
}
