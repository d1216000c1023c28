using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tocsin.Server.Api;
using Tocsin.Server.Health;
using Tocsin.Server.Web;

namespace Tocsin.Server;

/// <summary>The whole routing table: who answers which path on which port.</summary>
internal static class Routes
{
    public static RequestDelegate Build(WebApplication app, Parts parts)
    {
        IApplicationBuilder pipeline = ((IApplicationBuilder)app).New();
        var access = new Access(parts.Settings);
        // First, since who may do what is decided by the path behind the prefix.
        if (parts.Settings.PathPrefix.Length > 0)
            pipeline.UsePathBase(parts.Settings.PathPrefix);
        pipeline.Use((context, next) => Guard(context, next, access, parts));
        pipeline.UseRouting();
        pipeline.UseEndpoints(routes =>
        {
            Protocols.Protocols.MapAll(routes, parts.Ingest, parts.Database, parts.Clock);
            HealthApi.Map(routes, parts);
            routes.MapOpenApi();
            RouteGroupBuilder api = routes.MapGroup("/api/tocsin/v1");
            InfoApi.Map(api.MapGroup("").WithTags("server"), parts);
            OverviewApi.Map(api, parts);
            LogsApi.Map(api.MapGroup("/logs").WithTags("logs"), parts);
            QueryApi.Map(api, parts);
            TracesApi.Map(api.MapGroup("/traces").WithTags("traces"), parts);
            LiveApi.Map(api.MapGroup("").WithTags("live"), parts.Live);
            parts.MapFeatures(api);
        });
        WebUi.Use(pipeline);
        return pipeline.Build();
    }

    /// <summary>Access, and one job per port: 4317 speaks gRPC only, 4318 OTLP/HTTP only. Bugs become a 500 that says nothing of the inside.</summary>
    private static async Task Guard(HttpContext context, RequestDelegate next, Access access, Parts parts)
    {
        int port = context.Connection.LocalPort;
        PathString path = context.Request.Path;
        bool foreign = (port == parts.Addresses.OtlpHttp && port != parts.Addresses.Http && !path.StartsWithSegments("/v1"))
            || (port == parts.Addresses.OtlpGrpc && !path.Value!.StartsWith("/opentelemetry.", StringComparison.Ordinal));
        if (foreign)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync($"This port takes telemetry only; the web page is at {parts.Addresses.Url}\n");
            return;
        }
        if (!access.Admit(context))
            return;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody is left to be answered.
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await Results.Problem(bad.Message, statusCode: bad.StatusCode, title: "The request cannot be read").ExecuteAsync(context);
        }
        catch (Catalog.CatalogWriteException full) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "5";
            await Results.Problem(full.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The catalog cannot be written").ExecuteAsync(context);
        }
        catch (Exception bug) when (!context.Response.HasStarted)
        {
            await Console.Error.WriteLineAsync($"tocsin: {context.Request.Method} {path} failed: {bug}");
            await Results.Problem("The server has a bug; its standard error has the details.", statusCode: 500).ExecuteAsync(context);
        }
    }
}
