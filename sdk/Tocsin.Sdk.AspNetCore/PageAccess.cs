using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TocsinSdk.AspNetCore;

/// <summary>
/// Who may see pages that tell much about the application: everybody in development, under a name that no stranger's
/// page can take; elsewhere only who brings the key or satisfies the policy. Where a request comes from does not matter:
/// behind a proxy every request comes from this machine.
/// </summary>
internal sealed class PageAccess(string? key, string? policy)
{
    private readonly byte[]? _key = key is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public bool HasKey => _key is not null;

    public async ValueTask<bool> Allows(HttpContext context) =>
        (InDevelopment(context) && IsOwnName(context.Request.Host.Host))
        || BringsKey(context.Request) || await Satisfies(context).ConfigureAwait(false);

    // Without this, a page on the internet whose name is made to resolve to this machine could read everything.
    internal static bool IsOwnName(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out _) || !host.Contains('.')
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase);

    private static bool InDevelopment(HttpContext context) =>
        context.RequestServices.GetService<IHostEnvironment>()?.IsDevelopment() == true;

    private bool BringsKey(HttpRequest request)
    {
        if (_key is null)
            return false;
        var authorization = request.Headers.Authorization.ToString();
        var brought = After("Bearer ", authorization) ?? Password(After("Basic ", authorization))
            ?? request.Headers["X-Tocsin-Key"].ToString();
        // Hashes are of one length, so the time taken tells nothing.
        return CryptographicOperations.FixedTimeEquals(_key, SHA256.HashData(Encoding.UTF8.GetBytes(brought)));
    }

    private static string? After(string scheme, string authorization) =>
        authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[scheme.Length..].Trim() : null;

    // What browsers can send by themselves; the user name does not matter.
    private static string? Password(string? basic)
    {
        var bytes = new byte[basic?.Length ?? 0];
        if (basic is null || !Convert.TryFromBase64String(basic, bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text[(text.IndexOf(':') + 1)..];
    }

    private async Task<bool> Satisfies(HttpContext context)
    {
        if (policy is null
            || context.RequestServices.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || context.RequestServices.GetService<IPolicyEvaluator>() is not { } evaluator
            || await policies.GetPolicyAsync(policy).ConfigureAwait(false) is not { } found)
            return false;
        var signedIn = await evaluator.AuthenticateAsync(found, context).ConfigureAwait(false);
        var answer = await evaluator.AuthorizeAsync(found, signedIn, context, null).ConfigureAwait(false);
        return answer.Succeeded;
    }
}
