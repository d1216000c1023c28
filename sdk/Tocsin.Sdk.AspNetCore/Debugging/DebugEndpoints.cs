using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Debugging;

/// <summary>
/// The page under /debug and the JSON behind it. Whoever may not see it is answered 404, as if it were not there; where
/// nobody may, it is not there.
/// </summary>
internal sealed class DebugEndpoints
{
    private static readonly JsonWriterOptions s_style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IEndpointRouteBuilder _endpoints;
    private readonly PageAccess _access;

    private DebugEndpoints(IEndpointRouteBuilder endpoints, DebugOptions options)
    {
        _endpoints = endpoints;
        _access = new PageAccess(options.Key, options.Policy);
    }

    public static void Map(IEndpointRouteBuilder endpoints, ProcessRun run) =>
        Map(endpoints, run, run.Settings.Options.Debug);

    internal static void Map(IEndpointRouteBuilder endpoints, ProcessRun run, DebugOptions options)
    {
        var development = endpoints.ServiceProvider.GetService<IHostEnvironment>()?.IsDevelopment() == true;
        if (!options.Enabled || (!development && options.Key is null && options.Policy is null))
            return;
        run.Debugging.Open();
        var pages = new DebugEndpoints(endpoints, options);
        pages.MapFiles();
        pages.MapApi(new DebugApi(run, endpoints.ServiceProvider));
        var stopping = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        pages.Get("/debug/api/logs/tail", new LogTail(run.Debugging.Logs, stopping).Serve);
    }

    private void MapFiles()
    {
        var files = PageFile.All();
        // "/debug/": names in the page are relative, and a browser's password is good for what lies below.
        Get("/debug/{file?}", context =>
        {
            if (context.Request.RouteValues["file"] is not string name)
            {
                if (context.Request.Path.Value is { } path && path.EndsWith('/'))
                    return files["index.html"].Send(context);
                context.Response.Redirect(context.Request.PathBase + "/debug/");
                return Task.CompletedTask;
            }
            if (name != "index.html" && files.TryGetValue(name, out var file))
                return file.Send(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        if (_access.HasKey)
            Quiet("/debug/sign-in", SignIn);
    }

    private void MapApi(DebugApi api)
    {
        Json("/debug/api/overview", api.Overview);
        Json("/debug/api/requests", api.Requests);
        Json("/debug/api/logs", api.Logs);
        Json("/debug/logs/{level}", api.Logs);
        Json("/debug/api/traces", api.Traces);
        Json("/debug/api/traces/{trace_id}", api.Trace);
        Json("/debug/trace/{trace_id}", api.Trace);
        Json("/debug/api/errors", api.Errors);
        Json("/debug/api/performance", api.Performance);
        Json("/debug/api/health", api.Health);
        Json("/debug/api/configuration", api.Configuration);
        Get("/debug/api/metrics", async context =>
        {
            var families = await api.Metrics(context.RequestAborted).ConfigureAwait(false);
            await Answer(context, json => DebugApi.WriteMetrics(json, families)).ConfigureAwait(false);
        });
    }

    /// <summary>A browser asks for the password here, the key, and sends it from then on.</summary>
    private async Task SignIn(HttpContext context)
    {
        if (await _access.Allows(context).ConfigureAwait(false))
        {
            context.Response.Redirect(context.Request.PathBase + "/debug/");
            return;
        }
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Tocsin debug page: the key as password\", charset=\"UTF-8\"";
    }

    private void Json(string path, Action<HttpContext, Utf8JsonWriter> write) =>
        Get(path, context => Answer(context, json => write(context, json)));

    private void Get(string path, RequestDelegate answer) => Quiet(path, async context =>
    {
        if (await _access.Allows(context).ConfigureAwait(false))
            await answer(context).ConfigureAwait(false);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    });

    private void Quiet(string path, RequestDelegate answer)
    {
        var endpoint = _endpoints.MapMethods(path, ["GET"], answer).WithDisplayName("Tocsin " + path);
#if NET9_0_OR_GREATER
        endpoint.DisableHttpMetrics();
#endif
    }

    private static async Task Answer(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, s_style))
            write(json);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.Body
            .WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted).ConfigureAwait(false);
    }
}
