using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>Puts request tracking around everything else, exception handlers included.</summary>
internal sealed class RequestTrackingFilter(ProcessRun run) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        Track(app, run);
        next(app);
    };

    public static void Track(IApplicationBuilder app, ProcessRun run)
    {
        var tracking = new RequestTracking(run);
        app.Use(next => context => tracking.Invoke(context, next));
    }
}
