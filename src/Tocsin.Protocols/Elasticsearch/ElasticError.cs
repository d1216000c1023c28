using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tocsin.Protocols.Elasticsearch;

/// <summary>Why a request cannot be answered, in Elasticsearch's words. Leaves the readers; caught once per request.</summary>
/// <param name="type">As Elasticsearch names it, for example parsing_exception.</param>
/// <param name="reason">Names the construct and where it stands.</param>
internal sealed class ElasticException(string type, string reason, int status = StatusCodes.Status400BadRequest) : Exception(reason)
{
    public int Status => status;

    public string Type => type;

    public static ElasticException Parsing(string reason) => new("parsing_exception", reason);

    public static ElasticException Argument(string reason) => new("illegal_argument_exception", reason);

    /// <summary>A search that would take more memory or more buckets than it may.</summary>
    public static ElasticException TooMuch(string reason) => reason.Contains("buckets", StringComparison.Ordinal)
        ? new ElasticException("too_many_buckets_exception", reason)
        : new ElasticException("circuit_breaking_exception", reason, StatusCodes.Status429TooManyRequests);

    /// <summary>{"error":{...},"status":400}, as an object of its own or as one answer of many.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteStartArray("root_cause");
        json.WriteStartObject();
        WriteCause(json);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteCause(json);
        json.WriteEndObject();
        json.WriteNumber("status", status);
        json.WriteEndObject();
    }

    private void WriteCause(Utf8JsonWriter json)
    {
        json.WriteString("type", type);
        json.WriteString("reason", Message);
    }
}
