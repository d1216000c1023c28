using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TocsinSdk.Configuration;
using TocsinSdk.Crashes;
using TocsinSdk.Runs;
using TocsinSdk.Telemetry;

namespace TocsinSdk;

/// <summary>
/// Tocsin in this process. An application with a host calls builder.AddTocsin() and needs nothing of this; one without
/// calls <see cref="Init"/> first. Every member is safe to call from any thread, at any time, also before Init.
/// </summary>
public static partial class Tocsin
{
    private static readonly Lock s_starting = new();
    private static volatile ProcessTelemetry? s_telemetry;

    /// <summary>
    /// Starts watching this process, and exporting what it logs through <see cref="LoggerFactory"/>, traces and
    /// measures. Disposing the result sends what is still waiting; crashes are caught until the very end all the same.
    /// A second call changes nothing.
    /// </summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message says which, and what was expected.</exception>
    public static IDisposable Init(Action<TocsinOptions>? configure = null)
    {
        var run = ProcessRun.Start(new SettingsSource(configure, SettingsSource.OfProcess()));
        lock (s_starting)
        {
            if (s_telemetry is { } running)
                return running;
            var telemetry = s_telemetry = ProcessTelemetry.Start(run);
            run.Signals.EndProcess(telemetry.Dispose);
            HandlerOrder.ShieldRuntimeCounter();
            return telemetry;
        }
    }

    /// <summary>
    /// Makes loggers whose records go to the server and into the black box; silent before <see cref="Init"/>. With a
    /// host, use the host's.
    /// </summary>
    public static ILoggerFactory LoggerFactory => s_telemetry?.LoggerFactory ?? NullLoggerFactory.Instance;

    /// <summary>
    /// Cancelled when the process is asked to stop; callbacks registered here run before it exits, within 5 s.
    /// </summary>
    public static CancellationToken Stopping => ProcessRun.Current?.Signals.Stopping ?? CancellationToken.None;

    /// <summary>
    /// Identity of this run of the process, equal to OpenTelemetry's service.instance.id; null before the start.
    /// </summary>
    public static string? RunId => ProcessRun.Current?.Identity.RunId;

    /// <summary>Id of the crash under way, else of the last error reported; null when there is none.</summary>
    public static string? CrashId => ProcessRun.Current?.CrashId;

    /// <summary>Notes what the program does, for whoever reads the next crash. The last 64 are kept.</summary>
    /// <param name="category">A short word, such as "payment".</param>
    /// <param name="message">What happened; cut at about 400 bytes.</param>
    public static void AddBreadcrumb(string category, string message)
    {
        ArgumentNullException.ThrowIfNull(category);
        ArgumentNullException.ThrowIfNull(message);
        if (ProcessRun.Current is { } run)
            run.Box.Breadcrumb(category, run.Redactor.Redact(message));
    }
}
