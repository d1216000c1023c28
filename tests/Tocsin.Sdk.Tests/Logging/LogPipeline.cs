using System.Text.Json;
using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;
using TocsinSdk.Logging.Files;
using TocsinSdk.Redaction;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Logging;

/// <summary>The provider with a log folder of its own behind the framework's own factory.</summary>
internal sealed class LogPipeline : IDisposable
{
    private readonly TempFolder _folder = new();

    public LogPipeline(Action<LogOptions>? configure = null, RedactionOptions? redaction = null, bool development = false,
        TimeProvider? clock = null)
    {
        var options = new LogOptions { LogDirectory = Path.Combine(_folder.Path, "logs") };
        configure?.Invoke(options);
        clock ??= TimeProvider.System;
        Provider = new TocsinLoggerProvider(new Redactor(redaction ?? new RedactionOptions()), clock);
        Provider.Levels.TakeOptions(options);
        Folder = LogFolder.Open(options, development, clock, Said.Add);
        if (Folder is not null)
            Provider.Add(Folder.Sink);
        Factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Provider));
    }

    public string Directory => Path.Combine(_folder.Path, "logs");
    public List<string> Said { get; } = [];
    public TocsinLoggerProvider Provider { get; }
    public LogFolder? Folder { get; }
    public ILoggerFactory Factory { get; }
    public ILogger Log => Factory.CreateLogger("Shop.Orders");

    /// <summary>The lines of a file so far, each parsed: what is no JSON fails here.</summary>
    public IReadOnlyList<JsonElement> Lines(string file = "app.log")
    {
        Folder!.Sink.Flush(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        var path = Path.Combine(Directory, file);
        return File.Exists(path) ? [.. ReadShared(path).Select(static l => JsonDocument.Parse(l).RootElement)] : [];
    }

    public JsonElement Line() => Lines().ShouldHaveSingleItem();

    public static string[] ReadShared(string path)
    {
        using var reader = new StreamReader(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        Factory.Dispose();
        Folder?.Close(TimeSpan.FromSeconds(5));
        _folder.Dispose();
    }
}
