using System.Diagnostics;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>Ids that come with a request, and those made for it.</summary>
internal static class RequestIds
{
    private const int MaxLength = 128;

    /// <summary>Whether a caller's id may be logged and returned as it is.</summary>
    public static bool IsUsable(string? id)
    {
        if (id is null || id.Length is 0 or > MaxLength)
            return false;
        foreach (var c in id)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':' or '/' or '+' or '=' or '@'))
                return false;
        return true;
    }

    /// <summary>32 hex digits. Unique, not secret.</summary>
    public static string New() => ActivityTraceId.CreateRandom().ToHexString();

    /// <summary>The id of an authenticated user; null when there is none.</summary>
    public static string? UserOf(ClaimsPrincipal? principal, RequestOptions options, string service)
    {
        if (!options.TrackUser || principal?.Identity is not { IsAuthenticated: true })
            return null;
        var id = (principal.FindFirst(ClaimTypes.NameIdentifier) ?? principal.FindFirst("sub"))?.Value;
        return string.IsNullOrEmpty(id) ? null : options.HashUser ? Hash(id, service) : id;
    }

    // The service is the salt: a table of all ids of one service is of no use for another.
    private static string Hash(string id, string service) =>
        Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(service), Encoding.UTF8.GetBytes(id)), 0, 8)
            .ToLowerInvariant();
}
