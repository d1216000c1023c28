using Microsoft.Extensions.Logging;
using NLog.Config;
using NLog.Extensions.Logging;
using NLog.Targets;
using NLog.Targets.Wrappers;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using Serilog;
using Serilog.Formatting.Json;

namespace Tocsin.Bench.Sdk;

/// <summary>The libraries under comparison, each behind ILogger, with its own defaults.</summary>
internal static class Loggers
{
    public static readonly string[] Competitors = ["serilog", "serilog-buffered", "nlog", "nlog-async", "opentelemetry"];

    public static bool WritesFile(string library) => library is not ("tocsin" or "opentelemetry");

    public static ILoggerFactory Of(string library, string file)
    {
        if (library != "tocsin")
            return LoggerFactory.Create(logging => Add(logging, library, file));
        TocsinSdk.Tocsin.Init();
        return TocsinSdk.Tocsin.LoggerFactory;
    }

    private static void Add(ILoggingBuilder logging, string library, string file)
    {
        switch (library)
        {
            case "serilog" or "serilog-buffered":
                logging.AddSerilog(new LoggerConfiguration()
                    .WriteTo.File(new JsonFormatter(), file, buffered: library == "serilog-buffered").CreateLogger());
                break;
            case "nlog" or "nlog-async":
                var target = new FileTarget("file") { FileName = file, Layout = "${longdate}|${level}|${logger}|${message}" };
                var rules = new LoggingConfiguration();
                rules.AddRuleForAllLevels(library == "nlog" ? target : new AsyncTargetWrapper(target) { Name = "async" });
                logging.AddNLog(rules);
                break;
            default:
                logging.AddOpenTelemetry(o =>
                {
                    o.IncludeFormattedMessage = true;
                    o.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(Environment.GetEnvironmentVariable("TOCSIN_SERVICE")!));
                    o.AddOtlpExporter(e =>
                    {
                        e.Protocol = OtlpExportProtocol.HttpProtobuf;
                        e.Endpoint = new Uri(Environment.GetEnvironmentVariable("TOCSIN_URL") + "/v1/logs");
                    });
                });
                break;
        }
    }
}
