using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TocsinSdk.AspNetCore.Debugging;
using TocsinSdk.Redaction;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Tests.Debugging;

/// <summary>Who may see the debug page, and what is behind its panels.</summary>
public sealed class DebugEndpointsTests
{
    private const string Key = "correct horse battery staple";

    [Theory]
    [InlineData("/debug")]
    [InlineData("/debug/")]
    [InlineData("/debug/app.js")]
    [InlineData("/debug/api/configuration")]
    [InlineData("/debug/api/logs/tail")]
    [InlineData("/debug/logs/error")]
    [InlineData("/debug/sign-in")]
    public async Task Outside_development_it_is_not_there(string path)
    {
        await using var site = await Site.Start("Production", new DebugOptions());
        (await site.Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_key_opens_it_in_every_way_and_nothing_else_does()
    {
        await using var site = await Site.Start("Production", new DebugOptions { Key = Key });
        async Task<HttpStatusCode> With(string? name, string? value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/debug/api/overview");
            if (name is not null)
                request.Headers.TryAddWithoutValidation(name, value);
            return (await site.Http.SendAsync(request)).StatusCode;
        }
        static string Basic(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        foreach (var (name, value) in new[]
        {
            (null, null), ("Authorization", "Bearer wrong"), ("Authorization", Basic("x:wrong")), ("Authorization", "Basic %%%"),
            ("Authorization", ""), ("X-Forwarded-For", "127.0.0.1"), ((string?)"Cookie", (string?)$"key={Key}"),
        })
            (await With(name, value)).ShouldBe(HttpStatusCode.NotFound, $"{name}: {value}");
        (await With("Authorization", "Bearer " + Key)).ShouldBe(HttpStatusCode.OK);
        (await With("X-Tocsin-Key", Key)).ShouldBe(HttpStatusCode.OK);
        (await With("Authorization", Basic("anybody:" + Key))).ShouldBe(HttpStatusCode.OK);

        using var signIn = await site.Http.GetAsync("/debug/sign-in");
        signIn.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        signIn.Headers.WwwAuthenticate.ToString().ShouldStartWith("Basic");
    }

    [Fact]
    public async Task In_development_a_strangers_name_for_this_machine_opens_nothing()
    {
        await using var site = await Site.Start("Development", new DebugOptions());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/debug/api/configuration");
        request.Headers.Host = "evil.example.com";
        (await site.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_page_is_small_and_allows_nothing_from_elsewhere()
    {
        await using var site = await Site.Start("Development", new DebugOptions());
        using var page = await site.Http.GetAsync("/debug");
        page.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/debug/");
        var policy = string.Join(' ', page.Headers.GetValues("Content-Security-Policy"));
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        var html = await page.Content.ReadAsStringAsync();
        html.ShouldNotContain("style=");
        html.ShouldNotContain("onclick");

        var files = PageFile.All();
        long size = 0;
        foreach (var name in files.Keys.Where(n => n != "index.html"))
        {
            using var file = await site.Http.GetAsync("/debug/" + name);
            file.StatusCode.ShouldBe(HttpStatusCode.OK);
            var content = await file.Content.ReadAsStringAsync();
            size += content.Length;
            content.Replace("http://www.w3.org/2000/svg", "").ShouldNotContain("http:");
            content.ShouldNotContain("https:");
            using var again = new HttpRequestMessage(HttpMethod.Get, "/debug/" + name);
            again.Headers.TryAddWithoutValidation("If-None-Match", file.Headers.ETag!.Tag);
            (await site.Http.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        }
        size.ShouldBeLessThan(100_000);
        (await site.Http.GetAsync("/debug/nothing.js")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Every_panel_has_its_json()
    {
        await using var site = await Site.Start("Development", new DebugOptions());
        var log = site.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
        var marker = Guid.NewGuid().ToString("N");
        log.LogError(new InvalidOperationException("no stock"), "order {Marker} failed", marker);

        (await site.Json("/debug/api/overview")).GetProperty("pid").GetInt32().ShouldBe(Environment.ProcessId);
        (await site.Json("/debug/api/requests")).GetProperty("requests").GetArrayLength().ShouldBeGreaterThanOrEqualTo(0);
        var logs = await site.Json($"/debug/logs/error?q={marker}");
        logs.GetProperty("count").GetInt32().ShouldBe(1);
        logs.GetProperty("logs")[0].GetProperty("exception").GetProperty("message").GetString().ShouldBe("no stock");
        (await site.Json($"/debug/logs/warning?q={marker}")).GetProperty("count").GetInt32().ShouldBe(0);
        (await site.Json($"/debug/api/logs?level=warning&q={marker}")).GetProperty("count").GetInt32().ShouldBe(1);
        (await site.Json("/debug/api/errors")).GetProperty("errors").EnumerateArray()
            .ShouldContain(e => e.GetProperty("record").GetRawText().Contains(marker));
        (await site.Json("/debug/api/traces")).TryGetProperty("traces", out _).ShouldBeTrue();
        (await site.Json("/debug/trace/0af7651916cd43dd8448eb211c80319c")).GetProperty("spans").GetArrayLength().ShouldBe(0);
        (await site.Json("/debug/api/performance")).TryGetProperty("operations", out _).ShouldBeTrue();
        (await site.Json("/debug/api/health")).GetProperty("status").GetString().ShouldNotBeNullOrEmpty();
        (await site.Json("/debug/api/metrics")).GetProperty("metrics").GetArrayLength().ShouldBeGreaterThan(5);
        (await site.Json("/debug/api/configuration")).GetProperty("tocsin").EnumerateArray()
            .ShouldContain(v => v.GetProperty("name").GetString() == "Debug:LogBytes" && v.GetProperty("source").GetString() == "default");
    }

    [Fact]
    public async Task An_error_comes_with_what_the_rules_say_and_a_captured_one_needs_no_log_record()
    {
        await using var site = await Site.Start("Development", new DebugOptions());
        var log = site.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
        var marker = Guid.NewGuid().ToString("N");
        log.LogError(new TimeoutException("the gateway did not answer " + marker), "payment failed");
        var id = Tocsin.CaptureException(new InvalidOperationException("only captured " + marker));

        var errors = (await site.Json("/debug/api/errors")).GetProperty("errors").EnumerateArray().ToList();
        var logged = errors.Single(e => e.GetRawText().Contains("did not answer " + marker));
        logged.GetProperty("analysis").GetProperty("category").GetString().ShouldNotBeNullOrEmpty();
        logged.GetProperty("analysis").GetProperty("suggestions").GetArrayLength().ShouldBeGreaterThan(0);
        var captured = errors.Single(e => e.GetRawText().Contains("only captured " + marker));
        captured.GetProperty("crash_id").GetString().ShouldBe(id);
        captured.GetProperty("error_type").GetString().ShouldBe(typeof(InvalidOperationException).FullName);
    }

    [Fact]
    public async Task The_tail_gives_what_is_kept_then_what_comes_and_ends_with_the_application()
    {
        await using var site = await Site.Start("Development", new DebugOptions());
        var log = site.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
        var marker = Guid.NewGuid().ToString("N");
        log.LogWarning("before {Marker}", marker);
        using var answer = await site.Http.GetAsync($"/debug/api/logs/tail?q={marker}", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await Next(lines, "data: {\"timestamp\"")).ShouldContain("before " + marker);
        await Next(lines, "event: ready");
        log.LogWarning("after {Marker}", marker);
        (await Next(lines, "id: ")).ShouldNotBeEmpty();
        (await Next(lines, "data: ")).ShouldContain("after " + marker);

        await site.Stop().WaitAsync(TimeSpan.FromSeconds(15));
        string? rest;
        do
            rest = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(15));
        while (rest is not null);
    }

    [Fact]
    public void Configuration_is_shown_with_its_source_and_without_a_secret()
    {
        Environment.SetEnvironmentVariable("TOCSINTEST_Payments__ApiKey", "sk_live_abcdefgh12345678");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:Main"] = "Host=db;Username=app;Password=hunter22222;Custom Secret=zzz",
                ["ConnectionStrings:Cache"] = "redis://worker:hunter22222@cache:6380/0",
                ["ConnectionStrings:Opaque"] = "hunter22222hunter22222",
                ["Database:ConnectionString"] = "Server=db;Pwd=hunter22222",
                ["Limits:MaxConnections"] = "20",
                ["Logging:Level"] = "Debug",
            })
            .AddEnvironmentVariables("TOCSINTEST_").Build();
        var values = ConfigurationView.OfApplication(configuration, new Redactor(new RedactionOptions()))
            .ToDictionary(v => v.Name);
        values.Values.ShouldAllBe(v => !v.Text!.Contains("hunter22222") && !v.Text.Contains("sk_live") && !v.Text.Contains("zzz"));
        values["ConnectionStrings:Main"].Text.ShouldNotBeNull().ShouldStartWith("Host=db;Username=app;Password=");
        values["ConnectionStrings:Cache"].Text.ShouldNotBeNull().ShouldEndWith("@cache:6380/0");
        values["Limits:MaxConnections"].ShouldBe(new ConfiguredValue("Limits:MaxConnections", "20", "set by the program", false));
        values["Logging:Level"].Masked.ShouldBeFalse();
        (values["Payments:ApiKey"].Source, values["Payments:ApiKey"].Masked).ShouldBe(("environment variable", true));
    }

    private static async Task<string> Next(StreamReader lines, string start)
    {
        while (true)
        {
            var line = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20))
                ?? throw new InvalidOperationException($"the tail ended before \"{start}\"");
            if (line.StartsWith(start, StringComparison.Ordinal))
                return line;
        }
    }

    private sealed class Site(WebApplication app) : IAsyncDisposable
    {
        public HttpClient Http { get; } = new() { BaseAddress = new Uri(app.Urls.First()) };

        public IServiceProvider Services => app.Services;

        public static async Task<Site> Start(string environment, DebugOptions options)
        {
            var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = environment });
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Services.AddRoutingCore();
            builder.AddTocsin(tocsin =>
            {
                tocsin.Url = "http://127.0.0.1:9";
                tocsin.StateDirectory = Path.Combine(Path.GetTempPath(), $"tocsin-web-test-{Environment.ProcessId}");
            });
            var app = builder.Build();
            DebugEndpoints.Map(app, app.Services.GetRequiredService<ProcessRun>(), options);
            await app.StartAsync();
            return new Site(app);
        }

        public async Task<JsonElement> Json(string path) =>
            JsonSerializer.Deserialize<JsonElement>(await Http.GetStringAsync(path));

        public Task Stop() => app.StopAsync();

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await app.DisposeAsync();
        }
    }
}
