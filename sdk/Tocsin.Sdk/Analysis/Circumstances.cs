using System.Diagnostics;
using System.Globalization;
using TocsinSdk.Context;
using TocsinSdk.Redaction;
using TocsinSdk.Runs;
using TocsinSdk.Tracking;

namespace TocsinSdk.Analysis;

/// <summary>
/// What surrounded an error, for whoever develops: where, in which operations and request, after which breadcrumbs, with
/// how much memory and which assemblies. .NET gives no local variables away; what an operation was told with Set, and
/// what [Tracked] recorded, stands in for them. Every value is redacted and cut at <see cref="MaxText"/> characters.
/// </summary>
internal static class Circumstances
{
    private const int MaxText = 4000, MaxCrumbs = 16, MaxAssemblies = 300;

    public static List<KeyValuePair<string, string>> Gather(ProcessRun run, Exception exception)
    {
        var found = new List<KeyValuePair<string, string>>();
        var redactor = run.Redactor;
        Note(found, redactor, "function", new ErrorFacts(exception).Culprit);
        Note(found, redactor, "call_stack", new StackTrace(fNeedFileInfo: false).ToString());
        Note(found, redactor, "request_id", Ambient.Current?.RequestId);
        Note(found, redactor, "user_id", Ambient.Current?.UserId);
        Note(found, redactor, "session_id", Ambient.Current?.SessionId);
        for (var activity = Activity.Current; activity is not null; activity = activity.Parent)
            Note(found, redactor, "activity", $"{activity.DisplayName} {activity.Id}");
        for (var operation = ScopeContext.Current; operation is not null; operation = operation.Parent)
        {
            Note(found, redactor, "operation", operation.Name);
            foreach (var (key, value) in operation.Attributes)
                Note(found, redactor, $"{operation.Name}.{key}", redactor.Redact(key, value));
        }
        foreach (var crumb in run.Box.Snapshot().Breadcrumbs.TakeLast(MaxCrumbs))
            Note(found, redactor, "breadcrumb", $"{crumb.Time:HH:mm:ss.fff} {crumb.Category}: {crumb.Message}");
        Machine(found, redactor);
        return found;
    }

    private static void Machine(List<KeyValuePair<string, string>> found, Redactor redactor)
    {
        ThreadPool.GetAvailableThreads(out var workers, out _);
        ThreadPool.GetMaxThreads(out var most, out _);
        Note(found, redactor, "thread_pool", string.Create(CultureInfo.InvariantCulture,
            $"{ThreadPool.ThreadCount} threads, {most - workers} busy, {ThreadPool.PendingWorkItemCount} items waiting"));
        Note(found, redactor, "gc", string.Create(CultureInfo.InvariantCulture,
            $"heap {GC.GetTotalMemory(false) >> 20} MiB, collections {GC.CollectionCount(0)}/{GC.CollectionCount(1)}/"
            + $"{GC.CollectionCount(2)}, paused {GC.GetTotalPauseDuration().TotalMilliseconds:0} ms"));
        Note(found, redactor, "memory_usage", string.Create(CultureInfo.InvariantCulture,
            $"{Environment.WorkingSet >> 20} MiB"));
        var assemblies = AppDomain.CurrentDomain.GetAssemblies().Take(MaxAssemblies).Select(static a => a.GetName())
            .Select(static n => $"{n.Name} {n.Version}").Order(StringComparer.Ordinal);
        Note(found, redactor, "assemblies", string.Join(", ", assemblies));
    }

    private static void Note(List<KeyValuePair<string, string>> found, Redactor redactor, string key, object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(text))
            return;
        text = redactor.Redact(text);
        found.Add(new KeyValuePair<string, string>(key, text.Length > MaxText ? text[..MaxText] + "…" : text));
    }
}
