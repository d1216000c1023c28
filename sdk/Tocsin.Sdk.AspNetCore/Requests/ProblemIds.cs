using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>Puts traceId, requestId and crashId into ProblemDetails that the application answers.</summary>
internal sealed class ProblemIds : IPostConfigureOptions<ProblemDetailsOptions>
{
    public void PostConfigure(string? name, ProblemDetailsOptions options)
    {
        var own = options.CustomizeProblemDetails;
        options.CustomizeProblemDetails = context =>
        {
            Add(context);
            own?.Invoke(context);
        };
    }

    private static void Add(ProblemDetailsContext context)
    {
        if (context.HttpContext.Features.Get<TrackedRequest>() is not { } request)
            return;
        request.LookForError(context.ProblemDetails.Status ?? context.HttpContext.Response.StatusCode);
        var extensions = context.ProblemDetails.Extensions;
        if (Activity.Current?.Id is { } trace)
            extensions.TryAdd("traceId", trace);
        extensions["requestId"] = request.Id;
        if (request.CrashId is { } crash)
            extensions["crashId"] = crash;
    }
}
