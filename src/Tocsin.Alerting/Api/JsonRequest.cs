using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tocsin.Alerting.Api;

/// <summary>A request's body, read within a limit; exactly one of the two is set.</summary>
public sealed record JsonRequest<T>(T? Value, ProblemHttpResult? Problem)
    where T : class;

/// <summary>
/// Reads JSON bodies. The content type is required even for an empty body: a page of another site cannot set it, so
/// nobody's browser can be made to act for them.
/// </summary>
public static class JsonRequest
{
    /// <summary>An empty body counts as an empty object.</summary>
    public static async Task<JsonRequest<T>> Read<T>(HttpRequest request, JsonTypeInfo<T> type, int limit)
        where T : class
    {
        if (!request.HasJsonContentType())
            return new(null, Api.Problem.NotJson(request.ContentType));
        if (request.ContentLength > limit)
            return new(null, Api.Problem.TooLarge(limit));
        byte[]? body = await ReadWithin(request.Body, limit, request.HttpContext.RequestAborted).ConfigureAwait(false);
        return body is null ? new(null, Api.Problem.TooLarge(limit)) : Parse(body, type);
    }

    private static JsonRequest<T> Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            ReadOnlySpan<byte> json = body.Length == 0 ? "{}"u8 : body;
            return JsonSerializer.Deserialize(json, type) is { } value
                ? new(value, null)
                : new(null, Api.Problem.BadRequest([new Fault("body", "it is null", "a JSON object")]));
        }
        catch (JsonException wrong)
        {
            return new(null, Api.Problem.BadRequest([Explain(wrong)]));
        }
    }

    private static Fault Explain(JsonException wrong)
    {
        string where = wrong.Path is null or "$" or "" ? "body" : wrong.Path.TrimStart('$').TrimStart('.');
        bool wrongType = wrong.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal);
        string what = $"it {(wrongType ? "has another type" : "is not valid JSON")} (line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1})";
        return new Fault(where, what, wrongType ? ExpectedType(wrong.Message) : "valid JSON in UTF-8");
    }

    /// <summary>The serializer names the .NET type; people know JSON's.</summary>
    private static string ExpectedType(string message) =>
        message.Contains("System.String.", StringComparison.Ordinal) ? "text"
        : message.Contains("Int32", StringComparison.Ordinal) ? "a whole number"
        : message.Contains("Double", StringComparison.Ordinal) ? "a number"
        : message.Contains("DateTimeOffset", StringComparison.Ordinal) ? "a time such as 2026-01-02T03:04:05Z"
        : message.Contains("Dictionary", StringComparison.Ordinal) ? "an object of names and values"
        : message.Contains("List", StringComparison.Ordinal) ? "an array"
        : "a JSON object";

    private static async Task<byte[]?> ReadWithin(Stream body, int limit, CancellationToken cancel)
    {
        using var kept = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
        {
            if (kept.Length + read > limit)
                return null;
            kept.Write(buffer, 0, read);
        }
        return kept.ToArray();
    }
}
