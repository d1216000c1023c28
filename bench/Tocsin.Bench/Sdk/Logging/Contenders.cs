using System.Net;
using Microsoft.Extensions.Logging;
using NLog.Extensions.Logging;
using NLog.Layouts;
using NLog.Targets;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using Serilog;
using Serilog.Formatting.Json;
using TocsinSdk;
using TocsinSdk.Logging;
using TocsinSdk.Logging.Files;
using TocsinSdk.Redaction;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace Tocsin.Bench.Sdk.Logging;

/// <summary>A logging library behind ILogger, writing JSON lines with time, level, logger, message, properties, scopes.</summary>
internal sealed record Contender(string Name, ILoggerFactory Factory, Action Close) : IDisposable
{
    private const long MaxFile = 200_000_000;

    public static readonly string[] Names = ["tocsin", "serilog", "serilog async", "nlog", "mel json console", "otel"];

    public ILogger Log { get; } = Factory.CreateLogger("Shop.Orders");

    public void Dispose()
    {
        Factory.Dispose();
        Close();
    }

    public static Contender New(string name, string folder) => name switch
    {
        "tocsin" => Ours(folder),
        "serilog" => Serilogs(folder, async: false),
        "serilog async" => Serilogs(folder, async: true),
        "nlog" => NLogs(folder),
        "mel json console" => Console(folder),
        "otel" => OpenTelemetrys(),
        "bare framework" => new(name, Make(logging => logging.AddProvider(new Nothing())), static () => { }),
        _ => throw new ArgumentException(name),
    };

    private static ILoggerFactory Make(Action<ILoggingBuilder> build) =>
        LoggerFactory.Create(logging => build(logging.SetMinimumLevel(LogLevel.Information)));

    // All of it: redaction, context, rotation; a full queue waits, so that every record is in the file at the end.
    private static Contender Ours(string folder)
    {
        var options = new LogOptions
        {
            LogDirectory = folder, MaxFileSize = MaxFile, BackupCount = 2, Compress = false, BlockWhenFull = true,
        };
        var provider = new TocsinLoggerProvider(new Redactor(new RedactionOptions()), TimeProvider.System);
        provider.Levels.TakeOptions(options);
        LogFolder files = LogFolder.Open(options, development: false, TimeProvider.System, System.Console.Error.WriteLine)!;
        provider.Add(files.Sink);
        ILoggerFactory factory = LoggerFactory.Create(logging =>
            logging.AddFilter<TocsinLoggerProvider>(null, LogLevel.Trace).AddProvider(provider));
        return new("tocsin", factory, () => files.Close(TimeSpan.FromSeconds(60)));
    }

    private static Contender Serilogs(string folder, bool async)
    {
        string path = Path.Combine(folder, "serilog.log");
        LoggerConfiguration File(Serilog.Configuration.LoggerSinkConfiguration to) => to.File(new JsonFormatter(renderMessage: true), path,
            fileSizeLimitBytes: MaxFile, rollOnFileSizeLimit: true, retainedFileCountLimit: 2, buffered: true);
        LoggerConfiguration configuration = new LoggerConfiguration().Enrich.FromLogContext();
        configuration = async
            ? configuration.WriteTo.Async(to => File(to), bufferSize: 100_000, blockWhenFull: true) : File(configuration.WriteTo);
        Serilog.Core.Logger logger = configuration.CreateLogger();
        return new(async ? "serilog async" : "serilog", Make(logging => logging.AddSerilog(logger)), logger.Dispose);
    }

    private static Contender NLogs(string folder)
    {
        var layout = new JsonLayout { IncludeEventProperties = true, IncludeScopeProperties = true };
        layout.Attributes.Add(new JsonAttribute("time", "${date:format=o}"));
        layout.Attributes.Add(new JsonAttribute("level", "${level}"));
        layout.Attributes.Add(new JsonAttribute("logger", "${logger}"));
        layout.Attributes.Add(new JsonAttribute("message", "${message}"));
        layout.Attributes.Add(new JsonAttribute("exception", "${exception:format=toString}"));
        layout.Attributes.Add(new JsonAttribute("thread", "${threadid}"));
        var target = new FileTarget("file")
        {
            FileName = Path.Combine(folder, "nlog.log"), Layout = layout, KeepFileOpen = true, AutoFlush = false,
            ArchiveAboveSize = MaxFile, MaxArchiveFiles = 2,
        };
        var configuration = new NLog.Config.LoggingConfiguration();
        configuration.AddRuleForAllLevels(target);
        var factory = new NLog.LogFactory { Configuration = configuration };
        return new("nlog", Make(logging => logging.AddProvider(
            new NLogLoggerProvider(new NLogProviderOptions { RemoveLoggerFactoryFilter = false }, factory))), factory.Shutdown);
    }

    // The framework's own JSON lines go to the console, here to a file behind it.
    private static Contender Console(string folder)
    {
        TextWriter before = System.Console.Out;
        var file = new StreamWriter(Path.Combine(folder, "console.log"), append: false, System.Text.Encoding.UTF8, 64 << 10);
        System.Console.SetOut(file);
        ILoggerFactory factory = Make(logging => logging.AddJsonConsole(o => o.IncludeScopes = true));
        factory.CreateLogger("first").LogInformation("the console is taken when the first record comes");
        System.Console.SetOut(before);
        return new("mel json console", factory, file.Dispose);
    }

    private static Contender OpenTelemetrys() => new("otel", Make(logging => logging.AddOpenTelemetry(o =>
    {
        o.IncludeScopes = o.IncludeFormattedMessage = true;
        o.AddOtlpExporter((exporter, processor) =>
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            exporter.HttpClientFactory = static () => new HttpClient(new Swallow());
            processor.BatchExportProcessorOptions.MaxQueueSize = 100_000;
        });
    })), static () => { });

    private sealed class Swallow : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => new(HttpStatusCode.OK);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
    }

    private sealed class Nothing : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
