using System.Text.Json.Serialization;
using Tocsin.Crashes.Heartbeats;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Store;

/// <summary>The JSON of the catalog's columns, of live events and of the HTTP API: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Model.Alerts.Diagnosis))]
[JsonSerializable(typeof(LiveCrash))]
[JsonSerializable(typeof(CrashRecord))]
[JsonSerializable(typeof(CrashAccepted))]
[JsonSerializable(typeof(CrashPage))]
[JsonSerializable(typeof(CrashGroupDetail))]
[JsonSerializable(typeof(CrashGroupAnswer))]
[JsonSerializable(typeof(GroupOrder))]
[JsonSerializable(typeof(Heartbeat))]
internal sealed partial class CrashesJson : JsonSerializerContext;

/// <summary>What a watcher of the topic "crashes" gets.</summary>
/// <param name="Kind">"new", "regressed", "occurred", "merged", "resolved", "ignored", "reopened".</param>
/// <param name="Id">The group.</param>
internal sealed record LiveCrash(string Kind, long Id, string? CrashId, string Title, string Service, CrashClass Class,
    long Count);
