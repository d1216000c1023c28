using System.Diagnostics.Metrics;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using TocsinSdk.BlackBox;
using TocsinSdk.Context;
using TocsinSdk.Crashes;
using TocsinSdk.Delivery;
using TocsinSdk.Logging;
using TocsinSdk.Runs;
using TocsinSdk.Telemetry;
using TocsinSdk.Tracing;

namespace TocsinSdk.Analysis;

/// <summary>
/// Makes a crash record of class "captured" of an exception that somebody caught. Each exception once; at most
/// <see cref="AnalysisOptions.CapturesPerMinute"/> records a minute, the others are counted and told with the next one.
/// Any thread; never throws, never waits for the network.
/// </summary>
internal sealed class ErrorCapture(
    ProcessRun run, Courier courier, ErrorAnalyzer analyzer, TimeProvider clock)
{
    private const int MaxAttributes = 32, MaxText = 1024;

    private static readonly Counter<long> s_captured = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.errors.captured", "{error}", "Exceptions reported to the server.");

    private static readonly Counter<long> s_left = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.errors.left_out", "{error}", "Exceptions that got an id but no record: too many in a minute.");

    private readonly AnalysisOptions _options = run.Settings.Options.Analysis;
    private readonly Lock _lock = new();
    private DateTimeOffset _minute;
    private int _taken;
    private long _left;

    /// <summary>Id of the last exception captured; null before one.</summary>
    public string? LastId { get; private set; }

    /// <summary>The last ones with their analysis, for the debug page.</summary>
    public RecentErrors Recent { get; } = new();

    /// <returns>The id; that of the first report when there was one before.</returns>
    public string Capture(Exception exception, IEnumerable<KeyValuePair<string, object?>>? context)
    {
        var now = clock.GetUtcNow();
        var id = CrashId.New(now);
        TailSampling.Keep(Activity.Current);
        if (!ReportedErrors.TryClaim(exception, ref id))
            return id;
        LastId = id;
        if (_options.BreakOnError && IsDevelopment && Debugger.IsAttached)
            Debugger.Break();
        try
        {
            Report(id, ReportedErrors.Carried(exception), now, context);
        }
        catch (Exception)
        {
            // Code of the application (a value that cannot be written) must not turn one error into two.
            s_left.Add(1);
        }
        return id;
    }

    private void Report(
        string id, Exception exception, DateTimeOffset now, IEnumerable<KeyValuePair<string, object?>>? context)
    {
        if (!MayTake(now, out var left))
        {
            s_left.Add(1);
            return;
        }
        var activity = Activity.Current;
        var analysis = _options.Enabled ? analyzer.Analyze(exception) : null;
        var facts = new CapturedFacts(id, exception, now, activity?.TraceId.ToHexString(), activity?.SpanId.ToHexString())
        {
            UserId = Ambient.Current?.UserId ?? Surroundings.Find("user.id", activity, run.Logs.Scopes),
            RequestId = Ambient.Current?.RequestId ?? Surroundings.Find("RequestId", activity, run.Logs.Scopes),
            Attributes = Attributes(context, analysis, left),
        };
        if (courier.TryQueue(facts.ToCrash))
            s_captured.Add(1);
        else
            Leave(left + 1);
        Keep(facts, analysis);
    }

    private bool IsDevelopment =>
        string.Equals(run.Settings.Environment, "Development", StringComparison.OrdinalIgnoreCase);

    // What stays here: the debug page's list, and log records.
    private void Keep(CapturedFacts facts, ErrorAnalysis? analysis)
    {
        List<KeyValuePair<string, string>> around =
            _options.CaptureExecutionContext ?? IsDevelopment ? Circumstances.Gather(run, facts.Exception) : [];
        Recent.Add(new RecentError(
            facts.Id, facts.Time, facts.Exception.GetType().FullName ?? "", Cut(run.Redactor.Redact(facts.Exception.Message)),
            facts.Exception.StackTrace is { } stack ? run.Redactor.Redact(stack) : null, analysis, facts.TraceId,
            facts.RequestId, around));
        var logger = run.Loggers?.CreateLogger("Tocsin.Errors") ?? run.Logs.CreateLogger("Tocsin.Errors");
        if (around.Count > 0)
        {
            var record = new NamedRecord("execution_context_captured").Set("crash_id", facts.Id);
            foreach (var (key, value) in around)
                record.Set(key, value);
            record.Log(logger, LogLevel.Debug);
        }
        if (analysis is not null)
            new NamedRecord("error_analysis_completed").Set("crash_id", facts.Id)
                .Set("error_type", facts.Exception.GetType().FullName).Set("category", analysis.Category)
                .Set("severity", analysis.Severity).Set("cause", analysis.Cause)
                .Set("debugging_suggestions", string.Join("\n", analysis.Suggestions)).Set("rule", analysis.Rule)
                .Log(logger, LogLevel.Warning);
    }

    private bool MayTake(DateTimeOffset now, out long left)
    {
        lock (_lock)
        {
            if (now - _minute >= TimeSpan.FromMinutes(1) || now < _minute)
                (_minute, _taken) = (now, 0);
            var take = _taken < _options.CapturesPerMinute;
            left = take ? _left : 0;
            (_taken, _left) = take ? (_taken + 1, 0) : (_taken, _left + 1);
            return take;
        }
    }

    private void Leave(long count)
    {
        s_left.Add(1);
        lock (_lock)
            _left += count;
    }

    private (string, string)[] Attributes(
        IEnumerable<KeyValuePair<string, object?>>? context, ErrorAnalysis? analysis, long left)
    {
        var attributes = new List<(string, string)>();
        foreach (var (key, value) in context ?? [])
            if (attributes.Count < MaxAttributes && value is not null)
                attributes.Add((Cut(key), Cut(Text(key, value))));
        if (analysis is not null)
            attributes.AddRange([("error.category", analysis.Category), ("error.severity", analysis.Severity)]);
        if (left > 0)
            attributes.Add(("tocsin.captured.left_out", left.ToString(CultureInfo.InvariantCulture)));
        return [.. attributes];
    }

    private string Text(string key, object value) =>
        run.Redactor.Redact(key, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "") as string ?? "";

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];

    /// <summary>What only the reporting thread knows; the rest is added by the courier.</summary>
    private sealed record CapturedFacts(
        string Id, Exception Exception, DateTimeOffset Time, string? TraceId, string? SpanId)
    {
        public string? UserId { get; init; }
        public string? RequestId { get; init; }
        public (string, string)[] Attributes { get; init; } = [];

        public CrashFacts ToCrash(BlackBoxSnapshot box) => new()
        {
            CrashId = Id,
            Class = CrashClasses.Captured,
            Time = Time,
            Box = box,
            Exception = Exception,
            TraceId = TraceId,
            SpanId = SpanId,
            UserId = UserId,
            RequestId = RequestId,
            Attributes = Attributes,
            Evidence = [new Evidence("crash_file",
                "The application reported the exception with CaptureException; the process lives on.")],
            Resources = ProcessResources.Now(),
        };
    }
}
