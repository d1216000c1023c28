using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using System.Text.Json.Serialization;
using Tocsin.Crashes;

namespace Tocsin.Server.Health;

/// <summary>
/// /health, /health/detailed, /health/crashes, /health/stats, /-/healthy, /-/ready. Their JSON is snake_case, as monitoring
/// of such pages usually expects.
/// </summary>
internal static class HealthApi
{
    public static void Map(IEndpointRouteBuilder routes, Parts parts)
    {
        routes.MapGet("/-/healthy", () => TypedResults.Text("Tocsin is alive.\n")).ExcludeFromDescription();
        routes.MapGet("/-/ready", () => parts.Health.Check().Status == HealthStatus.Unhealthy
            ? TypedResults.Text("Tocsin cannot take writes.\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Text("Tocsin is ready.\n")).ExcludeFromDescription();
        RouteGroupBuilder health = routes.MapGroup("/health").WithTags("health");
        health.MapGet("", () => new HealthSummary(Word(parts.Health.Check().Status), parts.Clock.GetUtcNow(), parts.Version))
            .WithName("health").WithSummary("Healthy, degraded or unhealthy");
        health.MapGet("/detailed", Results<JsonHttpResult<HealthDetail>, ProblemHttpResult> () =>
        {
            HealthReport report = parts.Health.Check();
            return TypedResults.Json(
                new HealthDetail(Word(report.Status), parts.Clock.GetUtcNow(), parts.Version, report.Checks.ToDictionary(
                    c => c.Name, c => new HealthCheckView(Word(c.Status), c.Detail, c.Facts))),
                statusCode: report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        }).WithName("healthDetailed").WithSummary("Each part with its state; 503 when one is unhealthy");
        health.MapGet("/crashes", (int? limit) => CrashHistory(parts, limit ?? 100)).WithName("healthCrashes").WithSummary("Recent crashes");
        health.MapGet("/stats", () => StatsOf(parts.CrashStatistics.Counts()))
            .WithName("healthStats").WithSummary("Crashes in the last hour, in the last 24 hours and ever");
        routes.MapGet("/metrics", () => TypedResults.Text(parts.Metrics.WritePrometheusText(), "text/plain; version=0.0.4"))
            .ExcludeFromDescription();
    }

    private static CrashHistory CrashHistory(Parts parts, int limit) => new(
        [.. parts.CrashStatistics.Recent(limit).Select(c => new CrashHistoryEntry(
            c.CrashId, c.Timestamp, c.Class, c.Service, c.Host, c.ErrorType, c.ErrorMessage, c.Title, c.GroupId))],
        parts.CrashStatistics.Counts().Total);

    private static CrashStats StatsOf(CrashCounts counts) => new(counts.LastHour, counts.Last24Hours, counts.Total, counts.Status);

    internal static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}

/// <summary>Answer of /health.</summary>
public sealed record HealthSummary(string Status, DateTimeOffset Timestamp, string Version);

/// <summary>Answer of /health/detailed.</summary>
public sealed record HealthDetail(
    string Status, DateTimeOffset Timestamp, string Version, IReadOnlyDictionary<string, HealthCheckView> Checks);

/// <summary>Answer of /health/crashes, newest first.</summary>
public sealed record CrashHistory(
    IReadOnlyList<CrashHistoryEntry> Crashes, [property: JsonPropertyName("total_count")] long TotalCount);

/// <summary>One crash in the history.</summary>
public sealed record CrashHistoryEntry(
    [property: JsonPropertyName("crash_id")] string CrashId, DateTimeOffset Timestamp, string Class, string Service, string? Host,
    [property: JsonPropertyName("error_type")] string ErrorType, [property: JsonPropertyName("error_message")] string ErrorMessage,
    string Title, [property: JsonPropertyName("group_id")] long GroupId);

/// <summary>Answer of /health/stats.</summary>
public sealed record CrashStats(
    [property: JsonPropertyName("last_hour_count")] long LastHourCount, [property: JsonPropertyName("last_24h_count")] long Last24HCount,
    [property: JsonPropertyName("total_count")] long TotalCount, string Status);

/// <param name="Detail">One sentence; absent when there is nothing to say.</param>
/// <param name="Facts">Figures behind the state.</param>
public sealed record HealthCheckView(string Status, string? Detail, IReadOnlyDictionary<string, object> Facts);
