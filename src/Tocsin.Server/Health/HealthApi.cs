using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

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
        routes.MapGet("/metrics", () => TypedResults.Text(parts.Metrics.WritePrometheusText(), "text/plain; version=0.0.4"))
            .ExcludeFromDescription();
    }

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

/// <param name="Detail">One sentence; absent when there is nothing to say.</param>
/// <param name="Facts">Figures behind the state.</param>
public sealed record HealthCheckView(string Status, string? Detail, IReadOnlyDictionary<string, object> Facts);
