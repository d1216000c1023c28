using System.Text.Json;
using System.Text.Json.Serialization;
using Tocsin.Model;

namespace Tocsin.Server;

/// <summary>The one form of times in our own API: RFC 3339 in UTC, with Z and nine digits, as in 2026-01-02T03:04:05.000000006Z.</summary>
internal sealed class TimeJson : JsonConverter<Instant>
{
    /// <summary>Reads any offset and up to 100 ns.</summary>
    public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Instant.From(reader.GetDateTimeOffset());

    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    /// <summary>The same for times that are kept with less detail.</summary>
    internal sealed class OfDates : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Instant.From(value).ToString());
    }
}
