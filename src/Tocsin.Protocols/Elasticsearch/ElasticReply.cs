using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Elasticsearch;

/// <summary>
/// What every answer has: the product header, without which clients refuse to go on, the media type that the client spoke,
/// and errors in Elasticsearch's shape.
/// </summary>
internal static class ElasticReply
{
    private const string Vendor = "application/vnd.elasticsearch+json";

    /// <summary>Writes what <paramref name="write"/> leaves open: an object whose end is added here.</summary>
    public static Task Object(HttpContext http, Action<Utf8JsonWriter> write) => Send(http, json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    });

    /// <summary>The answer is made whole before the first byte is sent, so that an error can still be told.</summary>
    public static async Task Send(HttpContext http, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        int status = http.Response.StatusCode;
        try
        {
            await using var json = new Utf8JsonWriter(buffer, Writing);
            write(json);
        }
        catch (ElasticException wrong)
        {
            status = wrong.Status;
            buffer.SetLength(0);
            await using var json = new Utf8JsonWriter(buffer, Writing);
            wrong.Write(json);
        }
        http.Response.StatusCode = status;
        Head(http, MediaType(http));
        http.Response.ContentLength = buffer.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), http.RequestAborted).ConfigureAwait(false);
    }

    public static Task Text(HttpContext http, string text)
    {
        Head(http, "text/plain; charset=UTF-8");
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    public static Task Error(HttpContext http, ElasticException error) => Send(http, _ => throw error);

    private static void Head(HttpContext http, string mediaType)
    {
        http.Response.Headers["X-Elastic-Product"] = "Elasticsearch";
        http.Response.ContentType = mediaType;
    }

    private static string MediaType(HttpContext http)
    {
        string accepted = http.Request.Headers.Accept.ToString();
        return accepted.Contains(Vendor, StringComparison.OrdinalIgnoreCase)
            ? accepted.Contains("compatible-with=9", StringComparison.Ordinal) ? Vendor + ";compatible-with=9" : Vendor + ";compatible-with=8"
            : "application/json";
    }

    // Raw values come from writers of JSON, so they need not be checked again.
    public static readonly JsonWriterOptions Writing = new()
    {
        SkipValidation = true, MaxDepth = 1000, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
