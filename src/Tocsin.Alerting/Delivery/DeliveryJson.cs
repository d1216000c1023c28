using System.Text.Json.Serialization;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Delivery;

/// <summary>The form in which the outbox keeps an alert.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Alert))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
