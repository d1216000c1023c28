using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TocsinSdk.Health;

namespace TocsinSdk.AspNetCore.Tests.Health;

/// <summary>What the endpoints answer, and to whom.</summary>
public sealed class HealthEndpointsTests
{
    private const string Key = "correct horse battery";

    [Fact]
    public async Task Health_names_status_time_version_and_checks_without_their_details()
    {
        await using var site = await HealthSite.Start(checks =>
            checks.AddCheck("payments", () => HealthCheckResult.Healthy("secret detail")));
        var (status, body) = await site.Get("/health");
        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("status").GetString().ShouldBe("healthy");
        body.GetProperty("timestamp").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-1));
        body.GetProperty("version").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.String);
        var check = body.GetProperty("checks").GetProperty("payments");
        check.GetProperty("status").GetString().ShouldBe("healthy");
        check.EnumerateObject().Count().ShouldBe(1);
    }

    [Fact]
    public async Task The_process_watches_itself_by_default()
    {
        await using var site = await HealthSite.Start(environment: "Development");
        var (_, body) = await site.Get("/health/detailed");
        var checks = body.GetProperty("checks");
        foreach (var name in new[] { "memory_percent", "disk_percent" })
            checks.GetProperty("system").GetProperty(name).GetDouble().ShouldBeInRange(0, 100);
        checks.GetProperty("thread_pool").GetProperty("latency_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        checks.GetProperty("gc").GetProperty("status").GetString().ShouldNotBe("unknown");
        checks.GetProperty("workers").GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task A_check_of_the_applications_own_takes_the_place_of_a_built_in_one()
    {
        await using var site = await HealthSite.Start(
            checks => checks.AddCheck("system", () => HealthCheckResult.Healthy("mine")), environment: "Development");
        var (_, body) = await site.Get("/health/detailed");
        body.GetProperty("checks").GetProperty("system").GetProperty("description").GetString().ShouldBe("mine");
    }

    [Fact]
    public async Task Unhealthy_answers_503_and_in_detail_why_since_when_and_how_old_the_finding_is()
    {
        await using var site = await HealthSite.Start(checks => checks.AddCheck("database", () =>
            HealthCheckResult.Unhealthy(exception: new IOException("refused", new TimeoutException("password=hunter22222")),
                data: new Dictionary<string, object> { ["pool"] = 7, ["api_key"] = "abcdefgh12345" })),
            environment: "Development");
        (await site.Get("/health")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var (status, body) = await site.Get("/health/detailed");
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.GetProperty("status").GetString().ShouldBe("unhealthy");
        var check = body.GetProperty("checks").GetProperty("database");
        check.GetProperty("error").GetString().ShouldNotBeNull().ShouldStartWith("IOException: refused <- TimeoutException");
        check.GetProperty("pool").GetInt32().ShouldBe(7);
        check.GetProperty("failures").GetInt32().ShouldBe(1);
        check.GetProperty("duration_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        check.GetProperty("age_seconds").GetDouble().ShouldBeInRange(0, 60);
        body.GetRawText().ShouldNotContain("hunter22222");
        body.GetRawText().ShouldNotContain("abcdefgh12345");
    }

    [Fact]
    public async Task Liveness_is_not_the_business_of_a_database()
    {
        await using var site = await HealthSite.Start(checks => checks
            .AddCheck("database", () => HealthCheckResult.Unhealthy(), tags: ["ready"]));
        await site.Get("/health");
        (await site.Get("/health/live")).Status.ShouldBe(HttpStatusCode.OK);
        var (status, body) = await site.Get("/health/ready");
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.GetProperty("reason").GetString().ShouldBe("database is unhealthy");
    }

    [Fact]
    public async Task A_check_tagged_live_decides_on_liveness()
    {
        await using var site = await HealthSite.Start(
            checks => checks.AddCheck("loop", () => HealthCheckResult.Unhealthy(), tags: ["live"]));
        await site.Get("/health");
        (await site.Get("/health/live")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Not_ready_while_the_application_stops()
    {
        var stopping = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var site = await HealthSite.Start();
        (await site.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.OK);
        var life = site.Services.GetRequiredService<IHostApplicationLifetime>();
        life.ApplicationStopping.Register(() =>
        {
            stopping.SetResult();
            release.Task.Wait(TimeSpan.FromSeconds(20));
        });
        var stop = Task.Run(site.Stop);
        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(20));
        (await site.Get("/health/ready")).Body.GetProperty("reason").GetString().ShouldBe("stopping");
        release.SetResult();
        await stop;
    }

    [Theory]
    [InlineData("/health/detailed")]
    [InlineData("/health/crashes")]
    public async Task Outside_development_details_need_the_key(string path)
    {
        await using var without = await HealthSite.Start();
        (await without.Get(path)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await without.Get(path, ("Authorization", "Bearer "))).Status.ShouldBe(HttpStatusCode.Forbidden);

        await using var site = await HealthSite.Start(options: new HealthOptions { Key = Key });
        (await site.Get(path)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await site.Get(path, ("Authorization", "Bearer wrong"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await site.Get(path, ("Authorization", $"Bearer {Key}"))).Status.ShouldBe(HttpStatusCode.OK);
        (await site.Get(path, ("X-Tocsin-Key", Key))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task In_development_a_strangers_name_for_this_machine_opens_nothing()
    {
        await using var site = await HealthSite.Start(environment: "Development");
        (await site.Get("/health/detailed")).Status.ShouldBe(HttpStatusCode.OK);
        (await site.Get("/health/detailed", ("Host", "evil.example.com"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await site.Get("/health/detailed", ("Host", "localhost:5000"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_policy_of_the_application_opens_the_details()
    {
        await using var site = await HealthSite.Start(options: new HealthOptions { Policy = "operators" }, services: s =>
        {
            s.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, RoleFromHeader>("test", null);
            s.AddAuthorization(o => o.AddPolicy("operators", p => p.RequireRole("operator")));
        });
        (await site.Get("/health/detailed")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await site.Get("/health/detailed", ("Role", "guest"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await site.Get("/health/detailed", ("Role", "operator"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Crashes_and_their_counts_have_the_shapes_of_the_documents()
    {
        await using var site = await HealthSite.Start(environment: "Development");
        var history = site.Services.GetRequiredService<TocsinSdk.Runs.ProcessRun>().CrashHistory;
        var id = $"CRASH-20261121040506-{Guid.NewGuid():N}";
        history.Add(new CrashEntry(id, DateTimeOffset.UtcNow.AddMinutes(-5), "unhandled", "E", "boom", "run"));

        var (_, crashes) = await site.Get("/health/crashes");
        var all = crashes.GetProperty("crashes").EnumerateArray().ToList();
        crashes.GetProperty("total_count").GetInt32().ShouldBe(all.Count);
        var crash = all.Single(c => c.GetProperty("crash_id").GetString() == id);
        crash.GetProperty("error_type").GetString().ShouldBe("E");
        crash.GetProperty("error_message").GetString().ShouldBe("boom");
        crash.TryGetProperty("timestamp", out _).ShouldBeTrue();

        var (_, stats) = await site.Get("/health/stats");
        stats.GetProperty("last_hour_count").GetInt32().ShouldBeGreaterThanOrEqualTo(1);
        stats.GetProperty("last_24h_count").GetInt32().ShouldBeGreaterThanOrEqualTo(1);
        stats.GetProperty("total_count").GetInt32().ShouldBe(all.Count);
        stats.GetProperty("status").GetString().ShouldBe("degraded");
    }

    [Fact]
    public async Task A_thousand_callers_at_once_run_a_check_once()
    {
        var runs = 0;
        await using var site = await HealthSite.Start(checks => checks.AddAsyncCheck("slow", async () =>
        {
            Interlocked.Increment(ref runs);
            await Task.Delay(300);
            return HealthCheckResult.Healthy();
        }));
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => site.Get("/health")));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        runs.ShouldBe(1);
    }

    [Fact]
    public async Task A_head_request_gets_the_status_alone()
    {
        await using var site = await HealthSite.Start();
        using var response = await site.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/health"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    private sealed class RoleFromHeader(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["Role"].ToString() is { Length: > 0 } role
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(
                    new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test")), "test"))
                : AuthenticateResult.NoResult());
    }
}
