using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tocsin.Server.Configuration;
using Tocsin.Server.Levels;

namespace Tocsin.Server;

/// <summary>
/// Who may do what, when the operator has set a password and keys: ingest keys may only write telemetry and ask for log levels, the admin
/// password opens everything. Without them (loopback only) everything is open.
/// </summary>
internal sealed class Access(TocsinSettings settings)
{
    private readonly bool _closed = !string.IsNullOrEmpty(settings.AdminPassword) || settings.IngestKeys.Count > 0;

    /// <summary>True when the request may go on; otherwise it has been answered.</summary>
    public bool Admit(HttpContext context)
    {
        if (!_closed || IsOpen(context.Request.Path) || IsAdmin(context.Request)
            || (IsIngest(context.Request) && HasIngestKey(context.Request)))
            return true;
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        if (!IsIngest(context.Request))
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Tocsin\", charset=\"UTF-8\"";
        return false;
    }

    private static bool IsOpen(PathString path) =>
        path == "/health" || path == "/-/healthy" || path == "/-/ready" || path == "/ready";

    private static bool IsIngest(HttpRequest request) =>
        (HttpMethods.IsPost(request.Method)
            && (Protocols.Protocols.All.Any(protocol => protocol.IsWrite(request.Path))
                || request.Path == "/api/tocsin/v1/crashes"
                || request.Path == "/api/tocsin/v1/heartbeats"))
        || (HttpMethods.IsGet(request.Method) && request.Path == LevelsApi.EffectivePath);

    private bool HasIngestKey(HttpRequest request) =>
        Presented(request) is { } key && settings.IngestKeys.Any(known => Same(known, key));

    private bool IsAdmin(HttpRequest request) => !string.IsNullOrEmpty(settings.AdminPassword)
        && Presented(request) is { } given && Same(settings.AdminPassword, given);

    // The key in the forms that clients of the various protocols know: a header, a bearer, a basic password, Seq's two.
    private static string? Presented(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-Tocsin-Key", out Microsoft.Extensions.Primitives.StringValues key)
            || request.Headers.TryGetValue("X-Seq-ApiKey", out key))
            return key.ToString();
        string header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return header[7..].Trim();
        if (header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return PasswordOf(header[6..]);
        // Elasticsearch's: id and key as in Basic, or whatever the client was given.
        if (header.StartsWith("ApiKey ", StringComparison.OrdinalIgnoreCase))
            return PasswordOf(header[7..]) ?? header[7..].Trim();
        return IsIngest(request) && request.Query.TryGetValue("apiKey", out key) ? key.ToString() : null;
    }

    private static string? PasswordOf(string encoded)
    {
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        if (!Convert.TryFromBase64String(encoded.Trim(), decoded, out int length))
            return null;
        string pair = Encoding.UTF8.GetString(decoded, 0, length);
        int colon = pair.IndexOf(':');
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    // Hashing first makes the comparison take the same time whatever the lengths.
    private static bool Same(string known, string given) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(known)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));
}
