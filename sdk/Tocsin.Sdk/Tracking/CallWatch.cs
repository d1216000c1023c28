using System.Diagnostics;
using TocsinSdk.Crashes;
using TocsinSdk.Tracing;

namespace TocsinSdk.Tracking;

/// <summary>
/// Counts queries and outgoing calls by the activities that drivers and HttpClient make, sampled or not. They are asked
/// for only where somebody counts: inside an operation, and queries inside any activity.
/// </summary>
internal sealed class CallWatch : IDisposable
{
    private const string RepeatsKey = "tocsin.repeats", CallSiteKey = "tocsin.call_site";

    private static readonly string[] s_foreign =
        ["System.", "Microsoft.", "Npgsql.", "MySqlConnector.", "Dapper.", "OpenTelemetry.", "Polly.",
            "TocsinSdk.Tracking.CallWatch", "TocsinSdk.Tracing.Quiet", "TocsinSdk.Generated."];

    private readonly Operations _operations;
    private readonly ActivityListener _listener;

    public CallWatch(Operations operations)
    {
        _operations = operations;
        _listener = new ActivityListener
        {
            // All sources: the end of any outermost activity may be the end of a unit of work.
            ShouldListenTo = static source =>
                !source.Name.StartsWith("Experimental.System.Net.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> o) => Sample(o.Source.Name),
            ActivityStarted = span => Quiet.Do(Started, span),
            ActivityStopped = span => Quiet.Do(Stopped, span),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    private ActivitySamplingResult Sample(string source) => KindOf(source) switch
    {
        CallKind.Query when ScopeContext.Current is not null
            || Activity.Current is not null && _operations.RepeatedQueryLimit > 0 => ActivitySamplingResult.AllData,
        CallKind.Request when ScopeContext.Current is not null => ActivitySamplingResult.AllData,
        _ => ActivitySamplingResult.None,
    };

    private void Started(Activity span)
    {
        if (KindOf(span.Source.Name) == CallKind.Query && UnitOf(span, create: false) is { Armed: true })
            span.SetCustomProperty(CallSiteKey, CallSite());
    }

    private void Stopped(Activity span)
    {
        var kind = KindOf(span.Source.Name);
        // Entity Framework's span around the driver's is the same query.
        if (kind != CallKind.None && (span.Parent is not { } parent || KindOf(parent.Source.Name) != kind))
        {
            if (kind == CallKind.Request)
                ScopeContext.Current?.Spent.Call(span.Duration);
            else if ((span.GetTagItem("db.query.text") ?? span.GetTagItem("db.statement")) is string sql)
                Query(span, sql);
        }
        if (span.Parent is null && span.GetCustomProperty(RepeatsKey) is QueryRepeats repeats)
            _operations.Report(repeats, span.DisplayName);
    }

    private void Query(Activity span, string sql)
    {
        ScopeContext.Current?.Spent.Query(span.Duration);
        var limit = _operations.RepeatedQueryLimit;
        if (limit > 0 && UnitOf(span, create: true) is { } unit)
            unit.Count(SqlShape.Of(sql, SqlShape.DialectOf(SqlSpans.SystemOf(span))).Text, span.Duration,
                Environment.TickCount64 * TimeSpan.TicksPerMillisecond, limit,
                span.GetCustomProperty(CallSiteKey) as string);
    }

    /// <summary>The repetitions of the request or outermost operation that the query belongs to.</summary>
    private static QueryRepeats? UnitOf(Activity span, bool create)
    {
        if (span.Parent is not { } root)
            return ScopeContext.Current?.Root is not { } scope ? null
                : scope.Repeats ??= create ? new QueryRepeats() : null;
        while (root.Parent is { } parent)
            root = parent;
        lock (root)
        {
            if (root.GetCustomProperty(RepeatsKey) is not QueryRepeats repeats && create)
                root.SetCustomProperty(RepeatsKey, repeats = new QueryRepeats());
            else
                repeats = (root.GetCustomProperty(RepeatsKey) as QueryRepeats)!;
            return repeats;
        }
    }

    // As text: the runtime gives async methods their own names back there, and nothing is lost to trimming.
    private static string? CallSite()
    {
        foreach (var frame in StackText.Parse(new StackTrace(fNeedFileInfo: true).ToString()))
        {
            if (Array.Exists(s_foreign, f => frame.Method.StartsWith(f, StringComparison.Ordinal)))
                continue;
            return frame.File is null ? frame.Method : $"{frame.Method} in {Path.GetFileName(frame.File)}:{frame.Line}";
        }
        return null;
    }

    private enum CallKind : byte
    {
        None, Query, Request,
    }

    private static CallKind KindOf(string source) => source switch
    {
        "Npgsql" or "MySqlConnector" or "Microsoft.Data.SqlClient" or "System.Data.SqlClient"
            or "Microsoft.EntityFrameworkCore" or "OpenTelemetry.Instrumentation.SqlClient"
            or "OpenTelemetry.Instrumentation.EntityFrameworkCore" or "Oracle.ManagedDataAccess.Core"
            or "Microsoft.Data.Sqlite" or "MySql.Data" => CallKind.Query,
        "System.Net.Http" or "Grpc.Net.Client" => CallKind.Request,
        _ => CallKind.None,
    };
}
