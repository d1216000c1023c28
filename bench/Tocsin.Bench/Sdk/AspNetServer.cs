using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Tocsin.Bench.Sdk;

/// <summary>The application measured, in a process of its own.</summary>
internal sealed class AspNetServer : IDisposable
{
    public static readonly string[] Kinds = ["nothing", "opentelemetry", "tocsin"];
    private readonly Process _process;
    private readonly string _state;

    private AspNetServer(string kind, Process process, string state, int port) =>
        (Kind, _process, _state, Port) = (kind, process, state, port);

    public string Kind { get; }

    public int Port { get; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<AspNetServer> Start(string kind, string telemetry)
    {
        string state = Directory.CreateTempSubdirectory("tocsin-bench-").FullName;
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["aspnet-child", kind, telemetry])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = state,
            Environment = { ["TOCSIN_STATE_DIR"] = state, ["DOTNET_TieredPGO"] = "1" },
        };
        var process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync();
        return int.TryParse(line, CultureInfo.InvariantCulture, out int port)
            ? new AspNetServer(kind, process, state, port)
            : throw new InvalidOperationException($"{kind} did not start: {line}");
    }

    /// <summary>The child's side: serves until it is told to stop.</summary>
    public static async Task<int> Serve(string kind, string telemetry)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // As production templates have it; nothing may log to the console, which would be measured instead.
        builder.Configuration.AddInMemoryCollection([new("Logging:LogLevel:Microsoft.AspNetCore", "Warning")]);
        builder.Logging.ClearProviders();
        using IDisposable? watching = kind switch
        {
            "opentelemetry" => WithOpenTelemetry(builder, telemetry),
            "tocsin" => WithTocsin(builder, telemetry),
            _ => null,
        };
        var app = builder.Build();
        app.MapGet("/hello/{id:int}", (int id) => Results.Text("ok"));
        if (kind == "tocsin")
            app.MapTocsin();
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.Single()).Port.ToString(CultureInfo.InvariantCulture));
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Takes telemetry and forgets it.</summary>
    public static async Task<TelemetrySink> Sink()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context => await context.Request.Body.CopyToAsync(Stream.Null));
        await app.StartAsync();
        return new TelemetrySink(app);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private static IDisposable? WithTocsin(WebApplicationBuilder builder, string telemetry)
    {
        builder.AddTocsin(o => (o.Url, o.Logs.Console) = (telemetry, TocsinSdk.ConsoleFormat.None));
        return null;
    }

    private static IDisposable WithOpenTelemetry(WebApplicationBuilder builder, string telemetry)
    {
        void To(OtlpExporterOptions exporter, string signal) =>
            (exporter.Protocol, exporter.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri($"{telemetry}/v1/{signal}"));
        builder.Logging.AddOpenTelemetry(logs => logs.AddOtlpExporter(exporter => To(exporter, "logs")));
        var traces = OpenTelemetry.Sdk.CreateTracerProviderBuilder().AddSource("Microsoft.AspNetCore")
            .AddOtlpExporter(exporter => To(exporter, "traces")).Build();
        var metrics = OpenTelemetry.Sdk.CreateMeterProviderBuilder().AddMeter("Microsoft.AspNetCore.*", "System.Runtime")
            .AddOtlpExporter(exporter => To(exporter, "metrics")).Build();
        return new Both(traces, metrics);
    }

    private sealed record Both(IDisposable One, IDisposable Other) : IDisposable
    {
        public void Dispose()
        {
            One.Dispose();
            Other.Dispose();
        }
    }

    internal sealed class TelemetrySink(WebApplication app) : IDisposable
    {
        public string Url => app.Urls.Single();

        public void Dispose() => ((IDisposable)app).Dispose();
    }
}
