using System.Text.Json;
using System.Text.Json.Serialization;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Records;

/// <summary>The form in which the alert table keeps its JSON columns, and watchers get their events.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Diagnosis))]
[JsonSerializable(typeof(LiveAlert))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<RelatedLog>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, JsonElement>))]
internal sealed partial class RecordJson : JsonSerializerContext;
