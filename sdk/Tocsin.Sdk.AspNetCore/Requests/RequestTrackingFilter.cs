using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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
        var services = app.ApplicationServices;
        var tracking = new RequestTracking(
            run,
            services.GetRequiredService<ILoggerFactory>().CreateLogger(RequestOptions.Category),
            services.GetRequiredService<IHostEnvironment>().IsDevelopment(),
            // Since .NET 10 the framework says nothing of an exception that one of these has answered.
            logsErrors: Environment.Version.Major >= 10 && services.GetServices<IExceptionHandler>().Any(),
            TimeProvider.System);
        app.Use(next => context => tracking.Invoke(context, next));
    }
}
