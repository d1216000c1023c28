using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Elasticsearch;

/// <summary>Reads the bodies of searches.</summary>
internal static class ElasticBody
{
    /// <summary>Deeper than any search that is answered.</summary>
    private const int MaxDepth = 128;

    /// <summary>No body is an empty search.</summary>
    public static async Task<ReadOnlyMemory<byte>> Bytes(HttpContext http, IngestPipeline pipeline)
    {
        using var body = new RequestBody(pipeline);
        BodyResult read = await body.Read(http.Request).ConfigureAwait(false);
        return read switch
        {
            BodyResult.Complete => body.Bytes.ToArray(),
            BodyResult.TooLarge => throw new ElasticException("content_too_long_exception",
                $"the body is larger than {pipeline.Options.MaxBodyBytes} bytes after decompression", StatusCodes.Status413PayloadTooLarge),
            BodyResult.UnknownEncoding => throw new ElasticException("media_type_header_exception",
                "Content-Encoding must be gzip, deflate or identity", StatusCodes.Status415UnsupportedMediaType),
            BodyResult.Overloaded => throw new ElasticException("circuit_breaking_exception", "the server is overloaded", StatusCodes.Status429TooManyRequests),
            _ => throw new ElasticException("parse_exception", "the body is not what its headers say"),
        };
    }

    /// <summary>The document must be kept as long as the result is used; it is on the heap, not pooled.</summary>
    public static ElasticJson Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            return default(ElasticJson) with { Path = "" };
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            throw new ElasticException("json_parse_exception", "the body is not valid UTF-8");
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            JsonElement value = JsonElement.ParseValue(ref reader);
            if (reader.Read())
                throw new JsonException("more text follows the object");
            if (value.ValueKind != JsonValueKind.Object)
                throw ElasticException.Parsing("the body is not a JSON object");
            // Every text is read once here, since half a surrogate pair is found only then.
            if (bytes.IndexOf("\\u"u8) >= 0)
                ReadTexts(value);
            return new ElasticJson(value, "");
        }
        catch (JsonException wrong)
        {
            throw new ElasticException("json_parse_exception", wrong.Message);
        }
        catch (InvalidOperationException)
        {
            throw new ElasticException("json_parse_exception", "the body has half a surrogate pair");
        }
    }

    private static void ReadTexts(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            _ = value.GetString();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
                ReadTexts(item);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                _ = member.Name;
                ReadTexts(member.Value);
            }
        }
    }
}
