using System.Reflection;
using System.Runtime.ExceptionServices;

namespace TocsinSdk.Crashes;

/// <summary>
/// The handlers of the two exception events, beside this library's. The framework offers no way to see them, so two
/// fields of AppContext are read; where they are missing, the order simply stays as it is.
/// </summary>
internal static class HandlerOrder
{
    private static readonly FieldInfo? s_unhandled =
        typeof(AppContext).GetField("UnhandledException", BindingFlags.Static | BindingFlags.NonPublic);

    private static readonly FieldInfo? s_thrown =
        typeof(AppContext).GetField("FirstChanceException", BindingFlags.Static | BindingFlags.NonPublic);

    private static object? s_seen;

    /// <summary>
    /// Adds a handler before all others: they are called in the order they were added, and one of the application may
    /// hang, or end the process before the crash is written down.
    /// </summary>
    public static void AddFirst(UnhandledExceptionEventHandler handler)
    {
        var others = ListOf(s_unhandled);
        AppDomain.CurrentDomain.UnhandledException += handler;
        foreach (UnhandledExceptionEventHandler other in others)
        {
            AppDomain.CurrentDomain.UnhandledException -= other;
            AppDomain.CurrentDomain.UnhandledException += other;
        }
    }

    /// <summary>
    /// The runtime's own exception counter looks into arguments that the runtime leaves out when memory has run out, and
    /// allocates. Either ends the process as an "internal CLR error", before anybody hears of the exception. So it is
    /// not told about these. Cheap when nothing changed: it subscribes whenever somebody first listens to its meter.
    /// </summary>
    public static void ShieldRuntimeCounter()
    {
        var all = s_thrown?.GetValue(null);
        if (ReferenceEquals(all, Volatile.Read(ref s_seen)))
            return;
        foreach (EventHandler<FirstChanceExceptionEventArgs> handler in ListOf(s_thrown))
        {
            if (handler.Target?.GetType().DeclaringType?.FullName != "System.Diagnostics.Metrics.RuntimeMetrics")
                continue;
            AppDomain.CurrentDomain.FirstChanceException += (sender, args) =>
            {
                if (args?.Exception is not (null or OutOfMemoryException))
                    handler(sender, args);
            };
            AppDomain.CurrentDomain.FirstChanceException -= handler;
        }
        Volatile.Write(ref s_seen, s_thrown?.GetValue(null));
    }

    private static Delegate[] ListOf(FieldInfo? field) =>
        field?.GetValue(null) is Delegate all ? all.GetInvocationList() : [];
}
