using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TocsinSdk.Runs;

// One process has one run, whose options a test may change.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace TocsinSdk.AspNetCore.Tests.Support;

/// <summary>A real application on a loopback port of its own, and what it logged.</summary>
internal sealed class WebApp : IAsyncDisposable
{
    private static readonly string s_state = Directory.CreateTempSubdirectory("tocsin-web-").FullName;
    private readonly WebApplication _app;
    private readonly Records _records;

    private WebApp(WebApplication app, Records records)
    {
        (_app, _records) = (app, records);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public IServiceProvider Services => _app.Services;

    public static async Task<WebApp> Start(
        Action<WebApplication> map, Action<RequestOptions>? requests = null, Action<WebApplicationBuilder>? build = null,
        string environment = "Production")
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var records = new Records();
        void Configure(TocsinOptions o)
        {
            // Nobody listens there.
            (o.Url, o.StateDirectory) = ("http://127.0.0.1:9", s_state);
            requests?.Invoke(o.Requests);
        }
        builder.AddTocsin(Configure);
        builder.Logging.AddProvider(records).SetMinimumLevel(LogLevel.Debug);
        build?.Invoke(builder);
        ProcessRun.Current!.Apply(Settings.Resolve(Configure, new Settings.Surroundings(
            new Dictionary<string, string>(), new ConfigurationBuilder().Build(), Yaml: null)));
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new WebApp(app, records);
    }

    /// <summary>Of Tocsin.Requests; once the request is over, which may be after its answer.</summary>
    public async Task<IReadOnlyList<Record>> Said(string named, int count = 1)
    {
        for (var i = 0; i < 500; i++)
        {
            Record[] found = [.. All().Where(r => r.Name == named)];
            if (found.Length >= count)
                return found;
            await Task.Delay(10);
        }
        throw new TimeoutException($"no {count} x {named}; said: {string.Join(", ", All().Select(r => r.Text))}");
    }

    public IReadOnlyList<Record> All() => [.. _records.Written.Where(r => r.Category == "Tocsin.Requests")];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal sealed record Record(
        string Category, LogLevel Level, string? Name, string Text, Dictionary<string, object?> Fields, Exception? Error)
    {
        public object? this[string key] => Fields.GetValueOrDefault(key);
    }

    private sealed class Records : ILoggerProvider
    {
        public ConcurrentQueue<Record> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(Records records, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception,
                Func<TState, Exception?, string> formatter) => records.Written.Enqueue(new Record(
                    category, logLevel, eventId.Name, formatter(state, exception),
                    (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(), exception));
        }
    }
}
