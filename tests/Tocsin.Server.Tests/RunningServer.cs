using System.Net;
using System.Text;
using System.Text.Json;
using Tocsin.Server.Configuration;

namespace Tocsin.Server.Tests;

/// <summary>A whole server inside the test, on free ports and in a folder of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly bool _ownsFolder;

    private RunningServer(TocsinServer server, string folder, bool ownsFolder)
    {
        Server = server;
        Folder = folder;
        _ownsFolder = ownsFolder;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Addresses.Http}/") };
    }

    public TocsinServer Server { get; }

    public string Folder { get; }

    public HttpClient Http { get; }

    public static async Task<RunningServer> Start(Func<TocsinSettings, TocsinSettings>? change = null, string? folder = null)
    {
        bool owns = folder is null;
        folder ??= Directory.CreateTempSubdirectory("tocsin-server-").FullName;
        var settings = new TocsinSettings { DataDirectory = folder, HttpPort = 0, OtlpHttpPort = 0, OtlpGrpcPort = 0, AllowedNetworks = ["127.0.0.0/8"] };
        return new(await TocsinServer.Start(change?.Invoke(settings) ?? settings, TimeProvider.System), folder, owns);
    }

    public async Task<JsonElement> Get(string path)
    {
        using HttpResponseMessage answer = await Http.GetAsync(path);
        string body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{path}: {body}");
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.PostAsync(path, content);
        string body = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(body));
    }

    /// <summary>Sends one OTLP/JSON log record and returns when it is acknowledged.</summary>
    public async Task Log(string service, string body, int severity = 9, string attributes = "", string traceId = "")
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
        (HttpStatusCode status, _) = await Post("v1/logs", $$$"""
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"{{{service}}}"}}]},
             "scopeLogs":[{"logRecords":[{"timeUnixNano":"{{{now}}}","severityNumber":{{{severity}}},"traceId":"{{{traceId}}}",
               "body":{"stringValue":{{{JsonSerializer.Serialize(body)}}}},"attributes":[{{{attributes}}}]}]}]}]}
            """);
        status.ShouldBe(HttpStatusCode.OK);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}
