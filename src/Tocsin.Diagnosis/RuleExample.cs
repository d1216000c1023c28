using System.Text.Json;
using System.Text.Json.Serialization;
using Tocsin.Model.Crashes;

namespace Tocsin.Diagnosis;

/// <summary>The short form in which a rule file writes an example: only what the rules look at.</summary>
internal sealed record RuleExample
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public CrashClass Class { get; init; } = CrashClass.Unhandled;
    public string? Type { get; init; }
    public string Message { get; init; } = "";
    public RuleExample? Inner { get; init; }
    public string[] Frames { get; init; } = [];
    public int Repeated { get; init; } = 1;
    public string? Stderr { get; init; }
    public string? Signal { get; init; }
    public int? ExitCode { get; init; }
    public long? Memory { get; init; }
    public long? Limit { get; init; }

    public static CrashRecord? Read(JsonElement json, out string? error)
    {
        try
        {
            error = null;
            return json.Deserialize<RuleExample>(s_options)!.ToRecord();
        }
        catch (JsonException broken)
        {
            error = broken.Message;
            return null;
        }
    }

    private CrashRecord ToRecord() => new()
    {
        CrashId = "CRASH-20260101000000-00000000",
        Class = Class,
        Time = DateTimeOffset.UnixEpoch,
        Service = "bookings",
        Exception = Thrown(),
        Threads = Type is null && Frames.Length > 0 ? [new CrashThread("1", true, Stack())] : [],
        StderrTail = Stderr,
        Process = new CrashProcess { Signal = Signal, ExitCode = ExitCode },
        Resources = new CrashResources { MemoryUsageBytes = Memory, MemoryLimitBytes = Limit },
    };

    private CrashException? Thrown() => Type is null ? null : new CrashException
    {
        Type = Type,
        Message = Message,
        Frames = Stack(),
        Inner = Inner?.Thrown() is { } cause ? [cause] : [],
    };

    private CrashFrame[] Stack() => [.. Frames.Select(f => new CrashFrame { Method = f, Repeated = Repeated })];
}
