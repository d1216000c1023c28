using Microsoft.AspNetCore.Http;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>Follows each request from its beginning to its end.</summary>
internal sealed class RequestTracking(ProcessRun run)
{
    public Task Invoke(HttpContext context, RequestDelegate next)
    {
        if (!run.Settings.Options.Requests.Enabled || context.Features.Get<TrackedRequest>() is not null)
            return next(context);
        context.Features.Set(new TrackedRequest());
        return next(context);
    }
}
