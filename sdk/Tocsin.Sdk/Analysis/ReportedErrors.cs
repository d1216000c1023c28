using System.Reflection;
using System.Runtime.CompilerServices;

namespace TocsinSdk.Analysis;

/// <summary>
/// Which exceptions have been reported, and under which id: middleware, logger and crash handler may all see the same
/// one. Nothing is kept alive by it. Any thread; looking takes no lock, so a dying process may.
/// </summary>
internal static class ReportedErrors
{
    private static readonly ConditionalWeakTable<Exception, string> s_ids = new();

    /// <summary>Id of the exception, or of the one it merely carries; null when it was not reported.</summary>
    public static string? IdOf(Exception? exception) =>
        exception is not null && s_ids.TryGetValue(Carried(exception), out var id) ? id : null;

    /// <summary>True for the first to come; <paramref name="id"/> is then the winner's.</summary>
    public static bool TryClaim(Exception exception, ref string id)
    {
        var carried = Carried(exception);
        while (!s_ids.TryAdd(carried, id))
        {
            if (!s_ids.TryGetValue(carried, out var first))
                continue;
            id = first;
            return false;
        }
        return true;
    }

    /// <summary>A wrapper that awaiting or reflection puts around one exception is not the story.</summary>
    public static Exception Carried(Exception exception)
    {
        for (var depth = 0; depth < 8; depth++)
        {
            var inner = exception switch
            {
                AggregateException { InnerExceptions: [var only] } => only,
                TargetInvocationException { InnerException: { } thrown } => thrown,
                _ => null,
            };
            if (inner is null)
                break;
            exception = inner;
        }
        return exception;
    }
}
