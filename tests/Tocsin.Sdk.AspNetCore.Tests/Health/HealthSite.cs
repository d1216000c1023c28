using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TocsinSdk.AspNetCore.Health;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Tests.Health;

/// <summary>A real web application with Tocsin's health endpoints on a free port.</summary>
internal sealed class HealthSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HealthSite(WebApplication app, HttpClient http) => (_app, Http) = (app, http);

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<HealthSite> Start(
        Action<IHealthChecksBuilder>? checks = null, HealthOptions? options = null, string environment = "Production",
        Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = environment });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddTocsin(tocsin =>
        {
            tocsin.Url = "http://127.0.0.1:9";
            tocsin.StateDirectory = Path.Combine(Path.GetTempPath(), $"tocsin-web-test-{Environment.ProcessId}");
            tocsin.Release = "1.2.3";
        });
        checks?.Invoke(builder.Services.AddHealthChecks());
        services?.Invoke(builder.Services);
        var app = builder.Build();
        HealthEndpoints.Map(app, app.Services.GetRequiredService<ProcessRun>(), options ?? new HealthOptions());
        await app.StartAsync();
        return new HealthSite(app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> Get(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        return (response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>The check as /health/detailed tells of it, once it is as wanted; fails after 20 s.</summary>
    public async Task<JsonElement> Check(string name, string status)
    {
        var limit = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            var (_, body) = await Get("/health/detailed");
            var check = body.GetProperty("checks").GetProperty(name);
            if (check.GetProperty("status").GetString() == status)
                return check;
            if (DateTime.UtcNow > limit)
                throw new InvalidOperationException($"{name} is not {status}: {check}");
            await Task.Delay(100);
        }
    }

    public Task Stop() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
