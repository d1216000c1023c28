using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tocsin.Alerting.Reports;

namespace Tocsin.Alerting.Tests.Api;

/// <summary>The endpoints on a real Kestrel and a free port.</summary>
internal sealed class ApiDesk : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiDesk(Desk desk, WebApplication app)
    {
        Desk = desk;
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single() + "/api/tocsin/v1/") };
    }

    public Desk Desk { get; }

    public HttpClient Client { get; }

    public static async Task<ApiDesk> Start()
    {
        var desk = new Desk();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull);
        WebApplication app = builder.Build();
        app.MapOpenApi();
        new AlertingApi(desk.Catalog, desk.Inbox, desk.Actions, new AlertReports(desk.Catalog, desk.Clock), desk.Clock)
            .Map(app.MapGroup("/api/tocsin/v1"));
        await app.StartAsync();
        return new ApiDesk(desk, app);
    }

    public async Task<Answer> Get(string path) => await Read(await Client.GetAsync(path));

    public async Task<Answer> Post(string path, string json = "{}", string? contentType = "application/json")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        if (contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await Read(await Client.PostAsync(path, content));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Desk.DisposeAsync();
    }

    private static async Task<Answer> Read(HttpResponseMessage response)
    {
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync();
            JsonElement json = text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default;
            return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text, json)
            {
                Location = response.Headers.Location?.ToString(),
            };
        }
    }
}

internal sealed record Answer(int Status, string? MediaType, string Text, JsonElement Json)
{
    public string? Location { get; init; }

    public JsonElement Alert => Json.GetProperty("alert");

    /// <summary>The text at a path such as "alert.status".</summary>
    public string At(string path) =>
        path.Split('.').Aggregate(Json, (element, name) => element.GetProperty(name)).ToString();
}
