using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Tocsin.Sdk.Crashes;

/// <summary>
/// Remembers, per thread, the context the last exception was first thrown in. The runtime resets the context of threads
/// and pool work before it raises UnhandledException, and with it goes who the user was. Costs two stores per throw.
/// </summary>
internal static class ThrowSite
{
    // A hash and not the exception: nothing of the application is kept alive by it.
    [ThreadStatic] private static int t_exception;
    [ThreadStatic] private static ExecutionContext? t_context;

    public static void Watch() => AppDomain.CurrentDomain.FirstChanceException += OnThrown;

    /// <summary>The context <paramref name="exception"/> was thrown in on this thread, else the current one.</summary>
    public static ExecutionContext? ContextOf(Exception? exception) =>
        exception is not null && t_exception == RuntimeHelpers.GetHashCode(exception) && t_context is { } context
            ? context
            : ExecutionContext.Capture();

    private static void OnThrown(object? sender, FirstChanceExceptionEventArgs args)
    {
        var thrown = RuntimeHelpers.GetHashCode(args.Exception);
        if (t_exception == thrown)
            return; // thrown again on its way up
        t_exception = thrown;
        t_context = ExecutionContext.Capture();
    }
}
