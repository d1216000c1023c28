using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tocsin.Testing;
using TocsinSdk.Health.Checks;
using TocsinSdk.Health.Workers;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Health;

/// <summary>What the checks of the process and the machine find.</summary>
public sealed class SystemChecksTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task This_machine_has_a_processor_memory_and_a_disk()
    {
        var result = await Run(new UsageCheck(100, null,
            Usage.Memory(), Usage.Disk(AppContext.BaseDirectory), new Usage("cpu_percent", () => new UsageReading(3))));
        result.Status.ShouldBe(HealthStatus.Healthy);
        ((double)result.Data["memory_percent"]).ShouldBeInRange(0.1, 100);
        ((double)result.Data["disk_percent"]).ShouldBeInRange(0.1, 100);
        ((long)result.Data["disk_free_bytes"]).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(90, HealthStatus.Healthy)]
    [InlineData(90.1, HealthStatus.Degraded)]
    [InlineData(97.1, HealthStatus.Unhealthy)]
    public async Task Use_above_a_limit_is_told(double percent, HealthStatus expected)
    {
        var result = await Run(new UsageCheck(90, 97,
            new Usage("disk_percent", () => new UsageReading(percent)), new Usage("unknown", () => null)));
        result.Status.ShouldBe(expected);
        result.Description.ShouldBe(expected == HealthStatus.Healthy ? null : $"disk_percent is {percent}, above 90");
        result.Data.Keys.ShouldNotContain("unknown");
    }

    [Fact]
    public void Ticks_of_the_processor_are_summed_without_idle_and_waiting()
    {
        CpuClock.Parse("cpu  100 5 50 1000 20 1 2 3 4 0").ShouldBe((161, 1181));
        CpuClock.Parse("cpu0 1 2 3 4 5").ShouldBeNull();
        CpuClock.Parse("cpu a b c d e").ShouldBeNull();
        CpuClock.Parse("").ShouldBeNull();
    }

    [Fact]
    public void A_busy_thread_shows_in_the_processor_reading()
    {
        var cpu = new CpuClock(TimeProvider.System);
        var until = DateTime.UtcNow.AddMilliseconds(1100);
        while (DateTime.UtcNow < until)
            Thread.SpinWait(1000);
        cpu.Read()!.Value.Percent.ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Numbers_are_found_by_the_name_at_the_beginning_of_a_line()
    {
        const string Text = "MemTotal:       16284 kB\nMemAvailable:    9000 kB\n";
        MemoryLimits.Number(Text, "MemTotal:").ShouldBe(16284);
        MemoryLimits.Number("max\n", "").ShouldBeNull();
        MemoryLimits.Number("1048576\n", "").ShouldBe(1048576);
        MemoryLimits.Number(null, "x").ShouldBeNull();
    }

    [Fact]
    public async Task A_work_item_that_waits_long_for_the_pool_is_told()
    {
        var starved = new ThreadPoolCheck(TimeSpan.FromTicks(-2), TimeSpan.FromDays(1), _clock);
        (await Run(starved)).Status.ShouldBe(HealthStatus.Degraded);
        var well = await Run(new ThreadPoolCheck(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), TimeProvider.System));
        well.Status.ShouldBe(HealthStatus.Healthy);
        ((double)well.Data["latency_ms"]).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task The_collectors_pauses_are_a_share_of_the_time_since_the_run_before()
    {
        var check = new GcPressureCheck(1, _clock);
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        _clock.Advance(TimeSpan.FromMicroseconds(10)); // the collection took longer than that
        var result = await Run(check);
        result.Status.ShouldBe(HealthStatus.Degraded);
        ((int)result.Data["gen2_collections"]).ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(10, HealthStatus.Healthy)]
    [InlineData(11, HealthStatus.Degraded)]
    [InlineData(101, HealthStatus.Unhealthy)]
    public async Task A_long_queue_is_told(long length, HealthStatus expected) =>
        (await Run(new QueueLengthCheck(() => length, 10, 100))).Status.ShouldBe(expected);

    [Fact]
    public async Task A_silent_worker_is_late_then_missing_and_well_again_with_the_next_beat()
    {
        var heartbeats = new Heartbeats(_clock);
        var check = new WorkerHeartbeatCheck(heartbeats, null);
        (await Run(check)).Status.ShouldBe(HealthStatus.Healthy);

        var expectation = heartbeats.Expect("mailer", TimeSpan.FromSeconds(10));
        heartbeats.Beat("other");
        _clock.Advance(TimeSpan.FromSeconds(15));
        (await Run(check)).Status.ShouldBe(HealthStatus.Healthy);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await Run(check)).Status.ShouldBe(HealthStatus.Degraded);
        _clock.Advance(TimeSpan.FromSeconds(15));
        var missing = await Run(check);
        missing.Status.ShouldBe(HealthStatus.Unhealthy);
        missing.Description.ShouldBe("mailer was last seen 31 s ago, expected every 10 s");
        (await Run(new WorkerHeartbeatCheck(heartbeats, "other"))).Status.ShouldBe(HealthStatus.Healthy);

        heartbeats.Beat("mailer");
        (await Run(check)).Status.ShouldBe(HealthStatus.Healthy);
        expectation.Dispose();
        _clock.Advance(TimeSpan.FromDays(1));
        (await Run(check)).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public void The_end_of_an_earlier_expectation_does_not_end_a_later_one()
    {
        var heartbeats = new Heartbeats(_clock);
        var first = heartbeats.Expect("mailer", TimeSpan.FromSeconds(10));
        using var second = heartbeats.Expect("mailer", TimeSpan.FromSeconds(20));
        first.Dispose();
        heartbeats.Read().ShouldHaveSingleItem().Expected.ShouldBe(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Workers_are_bounded()
    {
        var heartbeats = new Heartbeats(_clock);
        for (var i = 0; i < 10 * Heartbeats.MaxWorkers; i++)
            heartbeats.Beat($"worker {i}");
        heartbeats.Read().Count().ShouldBe(Heartbeats.MaxWorkers);
    }

    [Theory]
    [InlineData("ok", null, HealthStatus.Healthy)]
    [InlineData("waiting", null, HealthStatus.Healthy)]
    [InlineData("refused", null, HealthStatus.Degraded)]
    [InlineData("ok", "disk full", HealthStatus.Degraded)]
    public async Task Telemetry_that_is_not_taken_or_not_kept_is_told(string outcome, string? spool, HealthStatus expected)
    {
        var result = await Run(new TelemetryCheck(() => new TransportState(outcome, 3, 400, 5, _clock.GetUtcNow(), spool)));
        result.Status.ShouldBe(expected);
        result.Data["waiting_items"].ShouldBe(3L);
        (result.Description ?? "").ShouldBe(expected == HealthStatus.Healthy ? ""
            : spool is null ? "the server does not take telemetry: refused" : "nothing is kept on disk: disk full");
    }

    [Theory]
    [InlineData(22, HealthStatus.Healthy)]
    [InlineData(20, HealthStatus.Degraded)]
    [InlineData(-1, HealthStatus.Unhealthy)]
    public async Task A_certificate_file_is_told_by_the_time_it_has_left(int days, HealthStatus expected)
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "site.pem");
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=site", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(_clock.GetUtcNow().AddDays(-30), _clock.GetUtcNow().AddDays(days));
        await File.WriteAllTextAsync(path, made.ExportCertificatePem());
        var result = await Run(new CertificateCheck(
            _ => CertificateCheck.OfFile(path, null), TimeSpan.FromDays(21), TimeSpan.Zero, _clock));
        result.Status.ShouldBe(expected);
        result.Data["subject"].ShouldBe("CN=site");
    }

    [Fact]
    public async Task A_port_is_open_or_it_is_not()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        (await Run(new TcpCheck("127.0.0.1", port))).Status.ShouldBe(HealthStatus.Healthy);
        listener.Stop();
        await Should.ThrowAsync<SocketException>(() => Run(new TcpCheck("127.0.0.1", port)));
    }

    private static Task<HealthCheckResult> Run(IHealthCheck check) => check.CheckHealthAsync(
        new HealthCheckContext { Registration = new HealthCheckRegistration("x", check, null, null) });
}
