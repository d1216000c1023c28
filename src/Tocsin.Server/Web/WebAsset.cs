using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Tocsin.Server.Web;

/// <summary>One file of the built page, with the forms it was compressed to when it was built.</summary>
internal sealed class WebAsset(string contentType, byte[] plain, byte[]? brotli, byte[]? gzip)
{
    private readonly string _hash = Convert.ToHexStringLower(SHA256.HashData(plain))[..32];

    public ReadOnlyMemory<byte> Plain => plain;

    /// <summary>Answers a GET or HEAD with the smallest form that the client accepts.</summary>
    public async Task Serve(HttpContext context, string cacheControl)
    {
        (byte[] body, string? encoding) = Choose(context.Request);
        // Strong tags name bytes, and each encoding has its own.
        string tag = encoding is null ? $"\"{_hash}\"" : $"\"{_hash}-{encoding}\"";
        HttpResponse response = context.Response;
        response.Headers.ETag = tag;
        response.Headers.CacheControl = cacheControl;
        response.Headers.XContentTypeOptions = "nosniff";
        if (brotli is not null || gzip is not null)
            response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (encoding is not null)
            response.Headers.ContentEncoding = encoding;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private (byte[] Body, string? Encoding) Choose(HttpRequest request)
    {
        if (brotli is not null && Accepts(request, "br"))
            return (brotli, "br");
        if (gzip is not null && Accepts(request, "gzip"))
            return (gzip, "gzip");
        return (plain, null);
    }

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(offered =>
            offered.Quality is null or > 0 && offered.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase));
}
