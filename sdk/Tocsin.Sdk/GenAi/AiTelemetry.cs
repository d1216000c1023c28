using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TocsinSdk.Runs;

namespace TocsinSdk.GenAi;

/// <summary>What agents, workflows and model calls need of the process. Any thread.</summary>
/// <param name="options">Asked each time, because they may change.</param>
/// <param name="logger">Makes the logger of a category.</param>
/// <param name="redact">Takes secrets out of a text.</param>
/// <param name="clock">Of durations.</param>
/// <param name="capture">Reports the exception an agent or workflow failed with; null when there is nobody to report to.</param>
internal sealed class AiTelemetry(
    Func<GenAiOptions> options, Func<string, ILogger> logger, Func<string, string> redact,
    Func<Exception, IEnumerable<KeyValuePair<string, object?>>, string?> capture, TimeProvider clock)
{
    private static readonly GenAiOptions s_defaults = new();

    private static readonly AiTelemetry s_silent = new(
        static () => s_defaults, static _ => NullLogger.Instance, static text => text, static (_, _) => null,
        TimeProvider.System);

    /// <summary>Of the process; before its start one that measures and keeps quiet.</summary>
    public static AiTelemetry Current => ProcessRun.Current?.Ai ?? s_silent;

    public GenAiOptions Options => options();
    public TimeProvider Clock => clock;

    public static AiTelemetry Of(ProcessRun run, TimeProvider clock) => new(
        () => run.Settings.Options.GenAi, category => Logger(run, category), run.Redactor.Redact,
        (exception, context) => run.Errors.Capture(exception, context), clock);

    public ILogger Logger(string category) => logger(category);

    public string Redact(string text) => redact(text);

    public string? Capture(Exception exception, params (string Key, object? Value)[] context) =>
        capture(exception, context.Select(static c => new KeyValuePair<string, object?>(c.Key, c.Value)));

    /// <summary>Input or output as it may be kept; null when content is not kept at all.</summary>
    public string? Keep(object? value)
    {
        var now = Options;
        if (value is null || !now.CaptureContent)
            return null;
        try
        {
            return Content.Text(value, redact, now.MaxContentBytes);
        }
        catch (Exception)
        {
            return "<unserializable>"; // enumerating or printing is code of the application
        }
    }

    private static ILogger Logger(ProcessRun run, string category)
    {
        try
        {
            return run.Loggers?.CreateLogger(category) ?? run.Logs.CreateLogger(category);
        }
        catch (ObjectDisposedException)
        {
            return run.Logs.CreateLogger(category); // the host is gone, the process not yet
        }
    }
}
