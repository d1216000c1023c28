using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace TocsinSdk.AspNetCore.Debugging;

/// <summary>One file of the page, embedded in this assembly.</summary>
internal sealed class PageFile
{
    // Nothing but the page's own files, and no script or style in the markup.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly byte[] _content;
    private readonly string _type, _tag;

    private PageFile(string name, byte[] content)
    {
        _content = content;
        _tag = $"\"{Convert.ToHexString(SHA256.HashData(content), 0, 8)}\"";
        _type = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        };
    }

    /// <summary>All files by name.</summary>
    public static Dictionary<string, PageFile> All()
    {
        const string Folder = "debug/";
        var assembly = typeof(PageFile).Assembly;
        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(Folder, StringComparison.Ordinal))
                continue;
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            files[resource[Folder.Length..]] = new PageFile(resource, content);
        }
        return files;
    }

    public async Task Send(HttpContext context)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = _tag;
        if (context.Request.Headers.IfNoneMatch == _tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = _type;
        response.ContentLength = _content.Length;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        await response.Body.WriteAsync(_content, context.RequestAborted).ConfigureAwait(false);
    }
}
