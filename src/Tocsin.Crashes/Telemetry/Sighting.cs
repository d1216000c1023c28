using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tocsin.Crashes.Records;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Telemetry;

/// <summary>What was copied from a log record or span that speaks of an unhandled exception.</summary>
internal sealed record Sighting
{
    public required DateTimeOffset Time { get; init; }
    public required string Type { get; init; }
    public required string Message { get; init; }
    public string? Stack { get; init; }
    public required string Service { get; init; }
    public string? TraceId { get; init; }
    public string? SpanId { get; init; }
    public string? Host { get; init; }
    public string? RunId { get; init; }
    public int? Pid { get; init; }
    public string? Release { get; init; }
    public string? Environment { get; init; }
    public string? Runtime { get; init; }
    public string? UserId { get; init; }
    public string? RequestId { get; init; }
    public bool Unobserved { get; init; }

    /// <summary>The process ends with it.</summary>
    public bool LastWord { get; init; }

    /// <summary>Why it counts as unhandled.</summary>
    public required string Because { get; init; }
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    public CrashRecord ToRecord() => new()
    {
        CrashId = Id(),
        Class = Unobserved ? CrashClass.Unobserved : CrashClass.Unhandled,
        Time = Time,
        Service = Service,
        Environment = Environment,
        Release = Release,
        Host = Host,
        Source = "otlp",
        Process = new CrashProcess { RunId = RunId, Pid = Pid, Runtime = Runtime },
        Exception = new CrashException { Type = Type, Message = Message, StackText = Stack },
        TraceId = TraceId,
        SpanId = SpanId,
        UserId = UserId,
        RequestId = RequestId,
        Attributes = LastWord ? new Dictionary<string, string>(Attributes) { [RecordMerge.LastWord] = "true" }
            : Attributes,
        Evidence = [new CrashEvidence("otlp", Because)],
    };

    /// <summary>The same telemetry sent twice gives the same id.</summary>
    private string Id()
    {
        string identity = string.Join('\n', TraceId, SpanId, Time.UtcTicks, Type, Service, RunId, Host, Message);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8));
        return string.Create(CultureInfo.InvariantCulture, $"CRASH-{Time.UtcDateTime:yyyyMMddHHmmss}-{hash}");
    }
}
