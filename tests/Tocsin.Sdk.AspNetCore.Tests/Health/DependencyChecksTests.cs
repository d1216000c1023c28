using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tocsin.Testing.Processes;

namespace TocsinSdk.AspNetCore.Tests.Health;

/// <summary>Checks against the real thing: PostgreSQL and Redis of Debian, an HTTP service, TLS.</summary>
public sealed class DependencyChecksTests
{
    private static readonly TimeSpan s_often = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_database_is_well_gone_and_well_again()
    {
        Assert.SkipUnless(PostgresServer.Programs is not null, "PostgreSQL is not installed");
        await using var postgres = await PostgresServer.Start();
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var site = await HealthSite.Start(checks => checks
            .AddPostgres(_ => source, period: s_often)
            .AddPostgres(() => new NpgsqlConnection(postgres.ConnectionString), "by_connection", period: s_often),
            environment: "Development");

        (await site.Check("database", "healthy")).GetProperty("server_version").GetString().ShouldNotBeNullOrEmpty();
        await site.Check("by_connection", "healthy");
        await postgres.Kill();
        var gone = await site.Check("database", "unhealthy");
        gone.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        (await site.Get("/health/ready")).Body.GetProperty("status").GetString().ShouldBe("unhealthy");
        await postgres.Again();
        await site.Check("database", "healthy");
        await site.Check("by_connection", "healthy");
    }

    [Fact]
    public async Task A_database_that_accepts_and_says_nothing_costs_one_connection()
    {
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        var port = ((System.Net.IPEndPoint)mute.LocalEndpoint).Port;
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Username=u;Timeout=60");
        await using var site = await HealthSite.Start(
            checks => checks.AddPostgres(_ => source, timeout: TimeSpan.FromSeconds(1), period: s_often),
            environment: "Development");
        (await site.Check("database", "unhealthy")).GetProperty("error").GetString().ShouldBe("no answer for 1 s");
    }

    [Fact]
    public async Task Redis_answers_with_a_password_with_a_user_and_over_tls()
    {
        Assert.SkipUnless(File.Exists(RedisServer.Program), "redis-server is not installed");
        await using var redis = await RedisServer.Start();
        await using var site = await HealthSite.Start(checks => checks
            .AddRedis($"127.0.0.1:{redis.Port},password={Uri.UnescapeDataString("wrong")}", "wrong_password")
            .AddRedis($"redis://:{Uri.EscapeDataString(RedisServer.Password)}@127.0.0.1:{redis.Port}", "plain", period: s_often)
            .AddRedis($"redis://worker:{Uri.EscapeDataString(RedisServer.WorkerPassword)}@127.0.0.1:{redis.Port}", "user")
            .AddRedis($"redis://127.0.0.1:{redis.Port}", "no_password")
            .AddRedis($"rediss://:{Uri.EscapeDataString(RedisServer.Password)}@127.0.0.1:{redis.TlsPort}", "untrusted")
            .AddRedis($"rediss://:{Uri.EscapeDataString(RedisServer.Password)}@127.0.0.1:{redis.TlsPort}", "tls",
                (_, shown, _, problems) => (problems & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0
                    && shown!.GetCertHashString(HashAlgorithmName.SHA256) == redis.Thumbprint),
            environment: "Development");

        var plain = await site.Check("plain", "healthy");
        plain.GetProperty("redis_version").GetString().ShouldNotBeNullOrEmpty();
        plain.GetProperty("role").GetString().ShouldBe("master");
        plain.GetProperty("connected_clients").GetInt64().ShouldBeGreaterThan(0);
        await site.Check("user", "healthy");
        await site.Check("tls", "healthy");
        (await site.Check("wrong_password", "unhealthy")).GetProperty("error").GetString()
            .ShouldNotBeNull().ShouldContain("WRONGPASS");
        (await site.Check("no_password", "unhealthy")).GetProperty("error").GetString()
            .ShouldNotBeNull().ShouldContain("NOAUTH");
        (await site.Check("untrusted", "unhealthy")).GetProperty("error").GetString()
            .ShouldNotBeNull().ShouldContain("AuthenticationException");

        await redis.Kill();
        await site.Check("plain", "unhealthy");
        await redis.Again();
        await site.Check("plain", "healthy");
    }

    [Fact]
    public async Task A_kept_connection_that_was_closed_meanwhile_is_opened_anew_without_a_failure()
    {
        Assert.SkipUnless(File.Exists(RedisServer.Program), "redis-server is not installed");
        await using var redis = await RedisServer.Start();
        using var check = new TocsinSdk.Health.Checks.RedisCheck(
            new("127.0.0.1", redis.Port) { Password = RedisServer.Password }, null);
        var context = new Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckContext();
        (await check.CheckHealthAsync(context)).Status.ToString().ShouldBe("Healthy");
        await redis.Kill();
        await redis.Again();
        (await check.CheckHealthAsync(context)).Status.ToString().ShouldBe("Healthy");
    }

    [Fact]
    public async Task The_certificate_of_a_tls_endpoint_is_told_by_the_time_it_has_left()
    {
        Assert.SkipUnless(File.Exists(RedisServer.Program), "redis-server is not installed");
        await using var redis = await RedisServer.Start(TimeSpan.FromDays(10));
        await using var site = await HealthSite.Start(checks => checks
            .AddCertificate("127.0.0.1", redis.TlsPort, "early")
            .AddCertificate("127.0.0.1", redis.TlsPort, "late", TimeSpan.FromDays(5))
            .AddCertificateFile(redis.CertificateFile, name: "file"), environment: "Development");
        (await site.Check("early", "warning")).GetProperty("days_left").GetDouble().ShouldBeInRange(9.9, 10);
        await site.Check("late", "healthy");
        await site.Check("file", "warning");
    }

    [Fact]
    public async Task An_http_service_is_judged_by_status_text_and_time()
    {
        await using var other = await HealthSite.Start();
        var url = other.Http.BaseAddress!.AbsoluteUri;
        await using var site = await HealthSite.Start(checks => checks
            .AddHttp(url + "health", "well", o => o.BodyContains = "healthy")
            .AddHttp(url + "nowhere", "missing")
            .AddHttp(url + "nowhere", "expected", o => o.ExpectedStatus.Add(404))
            .AddHttp(url + "health", "other_text", o => o.BodyContains = "out of order")
            .AddHttp(url + "health", "slow", o => o.DegradedAbove = TimeSpan.FromTicks(1))
            .AddTcp("127.0.0.1", other.Http.BaseAddress.Port, "tcp")
            .AddTcp("127.0.0.1", Loopback.FreePort(), "closed"), environment: "Development");
        (await site.Check("well", "healthy")).GetProperty("status_code").GetInt32().ShouldBe(200);
        (await site.Check("missing", "unhealthy")).GetProperty("description").GetString().ShouldBe("answered 404");
        await site.Check("expected", "healthy");
        await site.Check("other_text", "unhealthy");
        await site.Check("slow", "degraded");
        await site.Check("tcp", "healthy");
        await site.Check("closed", "unhealthy");
    }
}
