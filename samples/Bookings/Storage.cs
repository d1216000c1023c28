using Npgsql;

namespace Bookings;

/// <summary>
/// Chooses where bookings are kept: ConnectionStrings:Bookings names a PostgreSQL, ConnectionStrings:Redis ("host:port")
/// a cache before it; without them everything stays in memory and the sample needs nothing else. Whatever is used is
/// watched by a health check.
/// </summary>
internal static class Storage
{
    public static void AddBookings(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var checks = services.AddHealthChecks().AddWorkerHeartbeat(ConfirmationWorker.Name, expectedEvery: TimeSpan.FromSeconds(10));
        if (builder.Configuration.GetConnectionString("Bookings") is { Length: > 0 } database)
        {
            services.AddSingleton(_ => NpgsqlDataSource.Create(database));
            services.AddSingleton<PostgresBookings>();
            checks.AddPostgres(static s => s.GetRequiredService<NpgsqlDataSource>());
        }
        else
        {
            services.AddSingleton<MemoryBookings>();
        }

        if (builder.Configuration.GetConnectionString("Redis") is { Length: > 0 } cache)
        {
            var (host, port) = HostAndPort(cache);
            services.AddSingleton(_ => new Redis(host, port));
            services.AddSingleton<IBookings>(s => new CachedBookings(
                Kept(s), s.GetRequiredService<Redis>(), s.GetRequiredService<ILogger<CachedBookings>>()));
            checks.AddRedis(cache);
        }
        else
        {
            services.AddSingleton(Kept);
        }
    }

    private static IBookings Kept(IServiceProvider services) =>
        services.GetService<PostgresBookings>() is { } database ? database : services.GetRequiredService<MemoryBookings>();

    private static (string Host, int Port) HostAndPort(string address)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0 && int.TryParse(address.AsSpan(colon + 1), out var port)
            ? (address[..colon], port)
            : throw new ArgumentException($"ConnectionStrings:Redis is \"{address}\"; expected host:port");
    }
}
