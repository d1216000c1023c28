using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tocsin.Model.Crashes;

/// <summary>
/// One process death (or hang, or unhandled error), with all the evidence that was found. The wire form is camelCase JSON,
/// described field by field in docs/formats/crash-record.md. Everything but the id, class, time and service is optional,
/// because each source sees only a part; <see cref="Evidence"/> says who saw what. The generated JSON reader sets members that
/// are absent to null, whatever their initializer says; so the setters turn null into the default.
/// </summary>
public sealed record CrashRecord
{
    /// <summary>"CRASH-yyyyMMddHHmmss-" plus 8 or more hex digits; given once by whoever sees the crash first.</summary>
    public required string CrashId { get; init; }

    public required CrashClass Class { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Name of the service (OpenTelemetry's service.name).</summary>
    public required string Service { get; init; }

    public string? Environment { get; init; }

    /// <summary>Version of the service (service.version).</summary>
    public string? Release { get; init; }

    public string? Host { get; init; }

    /// <summary>Who reported it: "supervisor", "sdk", "otlp", "heartbeat".</summary>
    public string Source { get; init => field = value ?? "sdk"; } = "sdk";

    public CrashProcess Process { get; init => field = value ?? new(); } = new();

    /// <summary>The thrown exception; its causes hang below it. Null when the death has none.</summary>
    public CrashException? Exception { get; init; }

    /// <summary>Threads at the time of death, from a crash report; the crashed one is marked.</summary>
    public IReadOnlyList<CrashThread> Threads { get; init => field = value ?? []; } = [];

    public string? TraceId { get; init; }
    public string? SpanId { get; init; }
    public string? UserId { get; init; }
    public string? RequestId { get; init; }

    /// <summary>The last lines the program wrote to standard error, as it wrote them (redacted).</summary>
    public string? StderrTail { get; init; }

    /// <summary>The last log records before the end, oldest first.</summary>
    public IReadOnlyList<CrashLog> Logs { get; init => field = value ?? []; } = [];

    /// <summary>What the program did before the end, oldest first.</summary>
    public IReadOnlyList<Breadcrumb> Breadcrumbs { get; init => field = value ?? []; } = [];

    /// <summary>Operations (activities) that were under way.</summary>
    public IReadOnlyList<CrashActivity> Activities { get; init => field = value ?? []; } = [];

    public CrashResources Resources { get; init => field = value ?? new(); } = new();

    public IReadOnlyDictionary<string, string> Attributes { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Where each part of the record comes from, strongest first.</summary>
    public IReadOnlyList<CrashEvidence> Evidence { get; init => field = value ?? []; } = [];

    /// <summary>True when it is one of several deaths in quick succession.</summary>
    public bool CrashLoop { get; init; }
}

/// <param name="Source">"wait_status", "stderr", "cgroup", "crash_report", "crash_file", "black_box", "otlp", "heartbeat".</param>
/// <param name="Detail">What it showed, in one sentence.</param>
public sealed record CrashEvidence(string Source, string Detail);

public sealed record CrashProcess
{
    /// <summary>Identity of this one run of the process; equals OpenTelemetry's service.instance.id when the SDK runs.</summary>
    public string? RunId { get; init; }
    public int? Pid { get; init; }
    public string? Command { get; init; }
    public string? Runtime { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public int? ExitCode { get; init; }

    /// <summary>"SIGKILL", "SIGSEGV" … when a signal ended it.</summary>
    public string? Signal { get; init; }

    /// <summary>How often the supervisor has restarted it before this death.</summary>
    public int RestartCount { get; init; }
}

public sealed record CrashException
{
    public required string Type { get; init; }
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>Crash site first.</summary>
    public IReadOnlyList<CrashFrame> Frames { get; init => field = value ?? []; } = [];

    /// <summary>The stack as the runtime printed it, when frames could not be told apart.</summary>
    public string? StackText { get; init; }

    /// <summary>Direct causes: one for an inner exception, several for an aggregate.</summary>
    public IReadOnlyList<CrashException> Inner { get; init => field = value ?? []; } = [];
}

public sealed record CrashFrame
{
    /// <summary>Method as the runtime names it, "Namespace.Type.Method(Args)" without a leading "at".</summary>
    public required string Method { get; init; }
    public string? Module { get; init; }
    public string? File { get; init; }
    public int? Line { get; init; }
    public int? IlOffset { get; init; }

    /// <summary>How often the frame repeats in direct recursion; 1 when it does not.</summary>
    public int Repeated { get; init => field = Math.Max(value, 1); } = 1;
}

public sealed record CrashThread(string Id, bool Crashed, IReadOnlyList<CrashFrame> Frames)
{
    public IReadOnlyList<CrashFrame> Frames { get; init => field = value ?? []; } = Frames ?? [];
    public string? ExceptionType { get; init; }
}

public sealed record CrashLog(DateTimeOffset Time, string Level, string Logger, string Message)
{
    public string? TraceId { get; init; }
}

public sealed record Breadcrumb(DateTimeOffset Time, string Category, string Message);

public sealed record CrashActivity(string Name, string TraceId, string SpanId, DateTimeOffset StartTime);

public sealed record CrashResources
{
    public long? WorkingSetBytes { get; init; }
    public long? PeakWorkingSetBytes { get; init; }
    public long? GcHeapBytes { get; init; }
    public long? MemoryLimitBytes { get; init; }
    public long? MemoryUsageBytes { get; init; }
    public long? OomKills { get; init; }
    public int? ThreadCount { get; init; }
    public long? ThreadPoolQueue { get; init; }
    public double? CpuSeconds { get; init; }
}

/// <summary>The one JSON form of crash records and alerts: camelCase, nulls left out, unknown members ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CrashRecord))]
public sealed partial class CrashJson : JsonSerializerContext
{
    public static string Write(CrashRecord record) => JsonSerializer.Serialize(record, Default.CrashRecord);

    /// <exception cref="JsonException">The text is not a crash record; the message names the path.</exception>
    public static CrashRecord Read(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, Default.CrashRecord) ?? throw new JsonException("a crash record is expected, found null");
}
