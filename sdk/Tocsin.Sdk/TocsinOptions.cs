using Microsoft.Extensions.Logging;

namespace TocsinSdk;

/// <summary>
/// What an application may tell Tocsin. Everything has a default; a value is taken from, weakest first: the default,
/// tocsin.yaml, the configuration section "Tocsin" (with a host), the environment variable (TOCSIN_URL, or
/// TOCSIN_LOGS__LEVEL for a member of a group), the delegate given to AddTocsin or Init. Where OpenTelemetry defines a variable (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
/// OTEL_EXPORTER_OTLP_*), that variable wins over all of them.
/// </summary>
public sealed class TocsinOptions
{
    /// <summary>Address of the Tocsin server. TOCSIN_URL; default http://127.0.0.1:4480.</summary>
    public string Url { get; set; } = "http://127.0.0.1:4480";

    /// <summary>Ingest key, sent as a bearer token. TOCSIN_KEY; default none.</summary>
    public string? Key { get; set; }

    /// <summary>
    /// Name of the service. TOCSIN_SERVICE; default the host's application name, else the entry assembly's name.
    /// </summary>
    public string? ServiceName { get; set; }

    /// <summary>
    /// Where the service runs ("production"). TOCSIN_ENVIRONMENT; default the host's environment name.
    /// </summary>
    public string? Environment { get; set; }

    /// <summary>Version of the service. TOCSIN_RELEASE; default the entry assembly's informational version.</summary>
    public string? Release { get; set; }

    /// <summary>
    /// Folder for black boxes and undelivered records. TOCSIN_STATE_DIR; default $XDG_STATE_HOME/tocsin, else
    /// ~/.local/state/tocsin, else a private folder among the temporary files.
    /// </summary>
    public string? StateDirectory { get; set; }

    /// <summary>
    /// How long the thread pool may leave a work item waiting before the process counts as hung; default 10 s.
    /// </summary>
    public TimeSpan HangTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Least severe log record kept in the black box; default Information. Export follows the logging filters alone.
    /// </summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>
    /// Names of ActivitySources and Meters to export besides those of .NET, ASP.NET Core, HttpClient, Npgsql and Entity
    /// Framework Core, and those named after the entry assembly. "*" matches any characters.
    /// </summary>
    public IList<string> Sources { get; } = [];

    /// <summary>
    /// Without a host: whether SIGTERM, SIGINT, SIGQUIT and SIGHUP end the process in order (see
    /// <see cref="Tocsin.Stopping"/>). Turn off when the application handles them itself; the request to stop is noted either way.
    /// </summary>
    public bool HandleSignals { get; set; } = true;

    /// <summary>Log files, console, levels and the verbose ring.</summary>
    public LogOptions Logs { get; } = new();

    /// <summary>What is removed from everything that leaves the process.</summary>
    public RedactionOptions Redaction { get; } = new();

    /// <summary>The queue, the spool and the sender.</summary>
    public TransportOptions Transport { get; } = new();

    /// <summary>How HTTP requests are tracked; needs Tocsin.Sdk.AspNetCore.</summary>
    public RequestOptions Requests { get; } = new();

    /// <summary>Health checks and their endpoints.</summary>
    public HealthOptions Health { get; } = new();

    /// <summary>Measures, and the /metrics page.</summary>
    public MetricOptions Metrics { get; } = new();

    /// <summary>Sampling and naming of spans.</summary>
    public TraceOptions Traces { get; } = new();

    /// <summary>Performance scopes and slow operations.</summary>
    public TrackingOptions Tracking { get; } = new();

    /// <summary>Agents, workflows and language models.</summary>
    public GenAiOptions GenAi { get; } = new();

    /// <summary>Analysis of captured errors.</summary>
    public AnalysisOptions Analysis { get; } = new();

    /// <summary>The page under /debug.</summary>
    public DebugOptions Debug { get; } = new();
}
