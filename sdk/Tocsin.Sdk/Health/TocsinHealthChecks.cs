using System.Data.Common;
using System.Net.Security;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TocsinSdk;
using TocsinSdk.Health;
using TocsinSdk.Health.Checks;
using TocsinSdk.Health.Redis;
using TocsinSdk.Health.Workers;

// The namespace of the type it extends, so that applications need no using of their own.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Health checks of what an application depends on, to be added after services.AddHealthChecks(). Those of other
/// services are tagged "ready": while one is unhealthy, /health/ready answers 503. Time-out and period are those of
/// <see cref="HealthOptions"/> where none is given.
/// </summary>
public static class TocsinHealthChecks
{
    private static readonly string[] s_ready = [HealthWords.Ready], s_warning = [HealthWords.Warning], s_none = [];

    /// <summary>PostgreSQL: opens a connection of the data source and runs SELECT 1.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="source">Gives the data source, an NpgsqlDataSource for example; asked once.</param>
    /// <param name="name">Name of the check; default "database".</param>
    /// <param name="degradedAbove">An answer slower than this is degraded; default never.</param>
    /// <param name="timeout">How long it may take; default HealthOptions.Timeout.</param>
    /// <param name="period">Time between two runs; default HealthOptions.Period.</param>
    public static IHealthChecksBuilder AddPostgres(
        this IHealthChecksBuilder builder, Func<IServiceProvider, DbDataSource> source, string name = "database",
        TimeSpan? degradedAbove = null, TimeSpan? timeout = null, TimeSpan? period = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Add(builder, name, s_ready, timeout, period, services =>
        {
            var made = source(services);
            return new DatabaseCheck(made.CreateConnection, "SELECT 1", degradedAbove);
        });
    }

    /// <summary>PostgreSQL, or any database that answers SELECT 1: opens a connection, asks, and closes it.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="connection">Makes a connection, open or not; each is disposed after use.</param>
    /// <param name="name">Name of the check; default "database".</param>
    /// <param name="degradedAbove">An answer slower than this is degraded; default never.</param>
    /// <param name="timeout">How long it may take; default HealthOptions.Timeout.</param>
    /// <param name="period">Time between two runs; default HealthOptions.Period.</param>
    public static IHealthChecksBuilder AddPostgres(
        this IHealthChecksBuilder builder, Func<DbConnection> connection, string name = "database",
        TimeSpan? degradedAbove = null, TimeSpan? timeout = null, TimeSpan? period = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Add(builder, name, s_ready, timeout, period,
            _ => new DatabaseCheck(connection, "SELECT 1", degradedAbove));
    }

    /// <summary>Redis: PING and INFO over a connection that is kept.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="address">
    /// "redis://user:password@host:port" ("rediss://" for TLS), or "host:port,user=…,password=…,ssl=true".
    /// </param>
    /// <param name="name">Name of the check; default "redis".</param>
    /// <param name="certificate">Decides on the server's certificate; default the system's rules.</param>
    /// <param name="timeout">How long it may take; default HealthOptions.Timeout.</param>
    /// <param name="period">Time between two runs; default HealthOptions.Period.</param>
    /// <exception cref="FormatException">The address cannot be read.</exception>
    public static IHealthChecksBuilder AddRedis(
        this IHealthChecksBuilder builder, string address, string name = "redis",
        RemoteCertificateValidationCallback? certificate = null, TimeSpan? timeout = null, TimeSpan? period = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        var parsed = RedisAddress.Parse(address);
        return Add(builder, name, s_ready, timeout, period, _ => new RedisCheck(parsed, certificate));
    }

    /// <summary>An HTTP service: one request, judged by status, text and time.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="url">An absolute http or https address.</param>
    /// <param name="name">Name of the check.</param>
    /// <param name="configure">What to send and to expect; default GET and a status from 200 to 299.</param>
    /// <param name="timeout">How long it may take; default HealthOptions.Timeout.</param>
    /// <param name="period">Time between two runs; default HealthOptions.Period.</param>
    /// <exception cref="ArgumentException">The address is not absolute.</exception>
    public static IHealthChecksBuilder AddHttp(
        this IHealthChecksBuilder builder, string url, string name, Action<HttpCheckOptions>? configure = null,
        TimeSpan? timeout = null, TimeSpan? period = null)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"\"{url}\" is no absolute http or https address", nameof(url));
        var options = new HttpCheckOptions();
        configure?.Invoke(options);
        return Add(builder, name, s_ready, timeout, period, _ => new HttpCheck(address, options));
    }

    /// <summary>A TCP service: whether somebody accepts connections there.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="host">Name or address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="name">Name of the check; default "tcp:host:port".</param>
    /// <param name="timeout">How long it may take; default HealthOptions.Timeout.</param>
    /// <param name="period">Time between two runs; default HealthOptions.Period.</param>
    public static IHealthChecksBuilder AddTcp(
        this IHealthChecksBuilder builder, string host, int port, string? name = null, TimeSpan? timeout = null,
        TimeSpan? period = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        return Add(builder, name ?? $"tcp:{host}:{port}", s_ready, timeout, period, _ => new TcpCheck(host, port));
    }

    /// <summary>The file system that holds a path: a warning when it is nearly full.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="path">A path on the file system; default where the application lies.</param>
    /// <param name="name">Name of the check; default "disk".</param>
    /// <param name="warnAbovePercent">Percent in use above which it warns; default 90.</param>
    /// <param name="unhealthyAbovePercent">Percent in use above which it is unhealthy; default never.</param>
    public static IHealthChecksBuilder AddDisk(
        this IHealthChecksBuilder builder, string? path = null, string name = "disk", double warnAbovePercent = 90,
        double? unhealthyAbovePercent = null) =>
        Add(builder, name, s_warning, null, null, _ => new UsageCheck(
            warnAbovePercent, unhealthyAbovePercent, Usage.Disk(path ?? AppContext.BaseDirectory)));

    /// <summary>Memory, of the container where it has a limit, else of the machine: a warning when nearly used up.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="name">Name of the check; default "memory".</param>
    /// <param name="warnAbovePercent">Percent in use above which it warns; default 90.</param>
    /// <param name="unhealthyAbovePercent">Percent in use above which it is unhealthy; default never.</param>
    public static IHealthChecksBuilder AddMemory(
        this IHealthChecksBuilder builder, string name = "memory", double warnAbovePercent = 90,
        double? unhealthyAbovePercent = null) =>
        Add(builder, name, s_warning, null, null,
            _ => new UsageCheck(warnAbovePercent, unhealthyAbovePercent, Usage.Memory()));

    /// <summary>
    /// Processor use since the last run, of the machine or of this process's share, whichever is greater.
    /// </summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="name">Name of the check; default "cpu".</param>
    /// <param name="warnAbovePercent">Percent in use above which it warns; default 90.</param>
    /// <param name="unhealthyAbovePercent">Percent in use above which it is unhealthy; default never.</param>
    public static IHealthChecksBuilder AddCpu(
        this IHealthChecksBuilder builder, string name = "cpu", double warnAbovePercent = 90,
        double? unhealthyAbovePercent = null) =>
        Add(builder, name, s_warning, null, null, _ => new UsageCheck(
            warnAbovePercent, unhealthyAbovePercent, Usage.Cpu(TimeProvider.System)));

    /// <summary>How long a work item waits for a thread of the pool.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="name">Name of the check; default "thread_pool", in place of the built-in one.</param>
    /// <param name="degradedAbove">A longer wait is degraded; default 500 ms.</param>
    /// <param name="unhealthyAbove">A longer wait is unhealthy; default 3 s.</param>
    public static IHealthChecksBuilder AddThreadPool(
        this IHealthChecksBuilder builder, string name = "thread_pool", TimeSpan? degradedAbove = null,
        TimeSpan? unhealthyAbove = null) =>
        Add(builder, name, s_none, null, null, _ => new ThreadPoolCheck(
            degradedAbove ?? BuiltInChecks.ThreadPoolDegraded, unhealthyAbove ?? BuiltInChecks.ThreadPoolUnhealthy,
            TimeProvider.System));

    /// <summary>The share of time the garbage collector stops the process.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="name">Name of the check; default "gc", in place of the built-in one.</param>
    /// <param name="warnAbovePercent">Percent of time above which it warns; default 20.</param>
    public static IHealthChecksBuilder AddGcPressure(
        this IHealthChecksBuilder builder, string name = "gc",
        double warnAbovePercent = BuiltInChecks.GcPausePercent) =>
        Add(builder, name, s_warning, null, null, _ => new GcPressureCheck(warnAbovePercent, TimeProvider.System));

    /// <summary>How long the certificate that a TLS endpoint shows remains valid.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="host">Name of the endpoint, also asked for as server name.</param>
    /// <param name="port">1 to 65535; default 443.</param>
    /// <param name="name">Name of the check; default "certificate:host".</param>
    /// <param name="warnWithin">Warns when it expires within this time; default 21 days.</param>
    /// <param name="unhealthyWithin">Unhealthy when it expires within this time; default when it has expired.</param>
    /// <param name="period">Time between two runs; default one hour.</param>
    public static IHealthChecksBuilder AddCertificate(
        this IHealthChecksBuilder builder, string host, int port = 443, string? name = null,
        TimeSpan? warnWithin = null, TimeSpan? unhealthyWithin = null, TimeSpan? period = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        return Add(builder, name ?? "certificate:" + host, s_warning, null, period ?? TimeSpan.FromHours(1),
            _ => new CertificateCheck(cancel => CertificateCheck.OfEndpoint(host, port, cancel),
                warnWithin ?? TimeSpan.FromDays(21), unhealthyWithin ?? TimeSpan.Zero, TimeProvider.System));
    }

    /// <summary>How long a certificate in a file remains valid; the file is read anew at each run.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="path">PEM or DER; with a password, PKCS #12 (.pfx).</param>
    /// <param name="password">Password of a PKCS #12 file; default none.</param>
    /// <param name="name">Name of the check; default "certificate:" and the file's name.</param>
    /// <param name="warnWithin">Warns when it expires within this time; default 21 days.</param>
    /// <param name="unhealthyWithin">Unhealthy when it expires within this time; default when it has expired.</param>
    /// <param name="period">Time between two runs; default one hour.</param>
    public static IHealthChecksBuilder AddCertificateFile(
        this IHealthChecksBuilder builder, string path, string? password = null, string? name = null,
        TimeSpan? warnWithin = null, TimeSpan? unhealthyWithin = null, TimeSpan? period = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Add(builder, name ?? "certificate:" + Path.GetFileName(path), s_warning, null,
            period ?? TimeSpan.FromHours(1),
            _ => new CertificateCheck(_ => CertificateCheck.OfFile(path, password),
                warnWithin ?? TimeSpan.FromDays(21), unhealthyWithin ?? TimeSpan.Zero, TimeProvider.System));
    }

    /// <summary>
    /// A background worker that calls <see cref="Tocsin.Heartbeat(string)"/>: degraded when it is silent for 1.5 times
    /// the expected time, unhealthy after 3 times, counted from the start of the application.
    /// </summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="worker">Name that the worker gives itself.</param>
    /// <param name="expectedEvery">Longest time between two beats of a worker that is well.</param>
    /// <param name="name">Name of the check; default "worker:" and the name of the worker.</param>
    public static IHealthChecksBuilder AddWorkerHeartbeat(
        this IHealthChecksBuilder builder, string worker, TimeSpan expectedEvery, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(worker);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expectedEvery, TimeSpan.Zero);
        return Add(builder, name ?? "worker:" + worker, s_none, null, null, _ =>
        {
            Heartbeats.OfProcess.Expect(worker, expectedEvery);
            return new WorkerHeartbeatCheck(Heartbeats.OfProcess, worker);
        });
    }

    /// <summary>Work that waits: degraded and unhealthy above given lengths.</summary>
    /// <param name="builder">Where checks are registered.</param>
    /// <param name="length">Tells how many items wait; must not block.</param>
    /// <param name="degradedAbove">Degraded when more than this many wait.</param>
    /// <param name="unhealthyAbove">Unhealthy when more than this many wait; default never.</param>
    /// <param name="name">Name of the check; default "queue".</param>
    public static IHealthChecksBuilder AddQueueLength(
        this IHealthChecksBuilder builder, Func<long> length, long degradedAbove, long? unhealthyAbove = null,
        string name = "queue")
    {
        ArgumentNullException.ThrowIfNull(length);
        return Add(builder, name, s_none, null, null, _ => new QueueLengthCheck(length, degradedAbove, unhealthyAbove));
    }

    // Made at the first run and kept, so that it can compare with the run before and keep its connections.
    private static IHealthChecksBuilder Add(
        IHealthChecksBuilder builder, string name, string[] tags, TimeSpan? timeout, TimeSpan? period,
        Func<IServiceProvider, IHealthCheck> make)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var kept = new Lock();
        IHealthCheck? check = null;
        return builder.Add(new HealthCheckRegistration(name, services =>
        {
            lock (kept)
                return check ??= make(services);
        }, null, tags, timeout) { Period = period });
    }
}
