using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TocsinSdk;
using TocsinSdk.AspNetCore.Debugging;
using TocsinSdk.AspNetCore.Health;
using TocsinSdk.AspNetCore.Metrics;
using TocsinSdk.AspNetCore.Requests;
using TocsinSdk.Runs;

// The namespace of the type it extends, so that applications need no using of their own.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds Tocsin to a web application.</summary>
public static class TocsinWebExtensions
{
    /// <summary>
    /// What <see cref="TocsinHostExtensions.AddTocsin{TBuilder}"/> does for any host, and requests besides: they are
    /// tracked from the outermost end of the pipeline. Calling it again changes nothing.
    /// </summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message says which, and what was expected.</exception>
    public static WebApplicationBuilder AddTocsin(
        this WebApplicationBuilder builder, Action<TocsinOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        TocsinHostExtensions.AddTocsin(builder, configure);
        ServerSpans.Ask();
        // The framework's two records per request say less than ours, and show the query as it came.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics",
            static level => level >= LogLevel.Warning || ProcessRun.Current?.Settings.Options.Requests.Enabled == false);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, RequestTrackingFilter>());
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<ProblemDetailsOptions>, ProblemIds>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, WebSocketCounts>());
        return builder;
    }

    /// <summary>
    /// Tracks requests from this place of the pipeline on. After <see cref="AddTocsin"/> of a web application this
    /// happens by itself, outermost, and the call changes nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">AddTocsin was not called on the builder.</exception>
    public static IApplicationBuilder UseTocsin(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var run = RunOf(app.ApplicationServices);
        if (!app.ApplicationServices.GetServices<IStartupFilter>().Any(static f => f is RequestTrackingFilter))
            RequestTrackingFilter.Track(app, run);
        return app;
    }

    /// <summary>
    /// Maps what Tocsin serves from inside the application: /health and the pages below it, /metrics, /debug. Each part
    /// decides by its options whether and to whom it answers.
    /// </summary>
    /// <exception cref="InvalidOperationException">AddTocsin was not called on the builder.</exception>
    public static IEndpointRouteBuilder MapTocsin(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var run = RunOf(endpoints.ServiceProvider);
        // One line per part: XxxEndpoints.Map(endpoints, run);
        HealthEndpoints.Map(endpoints, run);
        DebugEndpoints.Map(endpoints, run);
        MetricsEndpoint.Map(endpoints, run);
        return endpoints;
    }

    private static ProcessRun RunOf(IServiceProvider services) => services.GetService<ProcessRun>()
        ?? throw new InvalidOperationException("Call builder.AddTocsin() before the application is built.");
}
