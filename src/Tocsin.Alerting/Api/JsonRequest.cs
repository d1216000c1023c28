using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Text.Unicode;
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
public static partial class JsonRequest
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

    internal static JsonRequest<T> Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        // The parser leaves text inside free-form values unchecked; it would fail later, where nobody expects it.
        if (!Utf8.IsValid(body))
            return new(null, Api.Problem.BadRequest([new Fault("body", "it is not UTF-8", "valid JSON in UTF-8")]));
        try
        {
            ReadOnlySpan<byte> json = body.Length == 0 ? "{}"u8 : body;
            return JsonSerializer.Deserialize(json, type) is { } value
                ? new(value, null)
                : new(null, Api.Problem.BadRequest([new Fault("body", "it is null", "a JSON object")]));
        }
        catch (JsonException wrong)
        {
            return new(null, Api.Problem.BadRequest([Explain(wrong, type)]));
        }
    }

    private static Fault Explain(JsonException wrong, JsonTypeInfo type)
    {
        string path = wrong.Path ?? "$";
        string where = path == "$" ? "body" : path[1..].TrimStart('.');
        string place = $"(line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1})";
        return wrong.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            ? new Fault(where, $"its value does not fit {place}", ExpectedAt(path, type))
            : new Fault(where, $"it is not valid JSON {place}", "valid JSON in UTF-8");
    }

    /// <summary>Follows the path through the types, because the serializer's own words name .NET types.</summary>
    private static string ExpectedAt(string path, JsonTypeInfo type)
    {
        JsonTypeInfo at = type;
        foreach (Match step in PathStep().Matches(path))
        {
            Type? next = at.Kind == JsonTypeInfoKind.Object
                ? at.Properties.FirstOrDefault(p => p.Name == step.Groups["name"].Value)?.PropertyType
                : at.ElementType;
            if (next is null)
                break;
            at = type.Options.GetTypeInfo(next);
        }
        return WordFor(at);
    }

    private static string WordFor(JsonTypeInfo type) => (Nullable.GetUnderlyingType(type.Type) ?? type.Type) switch
    {
        _ when type.Kind == JsonTypeInfoKind.Enumerable => "an array",
        _ when type.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "a JSON object",
        var scalar when scalar == typeof(int) || scalar == typeof(long) => "a whole number",
        var scalar when scalar == typeof(double) => "a number",
        var scalar when scalar == typeof(DateTimeOffset) => "a time such as 2026-01-02T03:04:05Z",
        _ => "text",
    };

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

    [GeneratedRegex(@"\.(?<name>\w+)|\[[^\]]*\]")]
    private static partial Regex PathStep();
}
