using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting.Api;
using Tocsin.Alerting.Reports;
using Tocsin.Crashes;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Alerts;
using Tocsin.Query.Logs;
using Tocsin.Storage.Scan;

namespace Tocsin.Server.Api;

/// <summary>GET /overview: is anything wrong, since when, and where to look, in one answer.</summary>
internal static class OverviewApi
{
    private const int Shown = 10, MostOpen = 500, Buckets = 48;
    private static readonly AlertStatus[] s_open = [AlertStatus.Active, AlertStatus.Acknowledged, AlertStatus.Suppressed];

    public static void Map(RouteGroupBuilder api, Parts parts) =>
        api.MapGet("/overview", Results<Ok<Overview>, ProblemHttpResult> (string? from, string? to, CancellationToken cancel) =>
        {
            DateTimeOffset now = parts.Clock.GetUtcNow();
            if (TimeRange.TryParse(from, to, TimeSpan.FromHours(24), now, out string? wrong) is not { } range)
                return Problems.BadParameter(wrong!, wrong == "from" ? from : to, TimeRange.Expected + ", and from lies before to");
            return TypedResults.Ok(Look(parts, range.From, range.To, now, cancel));
        }).WithTags("overview").WithName("overview").WithSummary("What is wrong now: firing alerts, crashes, errors, services and ingest");

    private static Overview Look(Parts parts, Instant from, Instant to, DateTimeOffset now, CancellationToken cancel)
    {
        AlertPage open = parts.Alerts.List(new AlertFilter { Statuses = s_open, Limit = MostOpen });
        Alert[] active = [.. open.Items.Where(a => a.StatusAt(now) == AlertStatus.Active)];
        var firing = new FiringCounts(
            active.Count(a => a.Priority == AlertPriority.Critical), active.Count(a => a.Priority == AlertPriority.High),
            active.Count(a => a.Priority == AlertPriority.Medium), active.Count(a => a.Priority == AlertPriority.Low));
        CrashCounts crashes = parts.CrashStatistics.Counts();
        HistogramAnswer histogram = HistogramAnswer.Of(parts.Search.Histogram(Predicate.All, from, to, Buckets, cancel));
        FieldCounts errors = parts.Search.TopValues(
            new SeverityRange(Severity.Error, Severity.Max), "service", from, to, 100, cancel);
        bool degraded = active.Length > 0 || crashes.LastHour > 0;
        return new Overview(
            degraded ? "degraded" : "healthy", Sentence(active.Length, crashes, histogram.Totals), firing,
            open.Counts.GetValueOrDefault(AlertStatus.Acknowledged), open.Counts.GetValueOrDefault(AlertStatus.Suppressed),
            new OverviewCrashes(crashes.LastHour, crashes.Last24Hours, crashes.Total, crashes.NewGroups, parts.CrashStatistics.Hourly(24)),
            new OverviewLogs(Total(histogram.Totals), histogram.Totals.Error + histogram.Totals.Fatal),
            IngestOf(parts, now),
            [.. active.Concat(open.Items.Except(active)).Take(Shown).Select(a => AlertView.Of(a, now))],
            parts.Crashes.List(new CrashFilter { Limit = Shown }).Items,
            ServicesOf(parts, errors, active, from.ToDateTimeOffset()), histogram);
    }

    private static string Sentence(int firing, CrashCounts crashes, SeverityCounts logs)
    {
        var said = new List<string>();
        if (firing > 0)
            said.Add($"{firing} alert{(firing == 1 ? "" : "s")} firing");
        if (crashes.LastHour > 0)
            said.Add($"{crashes.LastHour} crash{(crashes.LastHour == 1 ? "" : "es")} in the last hour");
        if (said.Count == 0)
            said.Add(crashes.Last24Hours > 0 ? $"Quiet now; {crashes.Last24Hours} crashes in the last 24 hours" : "Nothing is wrong");
        if (logs.Error + logs.Fatal is > 0 and long errors)
            said.Add($"{errors} error record{(errors == 1 ? "" : "s")} in range");
        return string.Join(", ", said) + ".";
    }

    private static OverviewIngest IngestOf(Parts parts, DateTimeOffset now)
    {
        IReadOnlyList<IngestTotals> totals = parts.Ingest.Totals();
        long stored = totals.Sum(t => t.Stored);
        double seconds = Math.Max(1, (now - parts.StartedAt).TotalSeconds);
        return new(totals.Sum(t => t.Received), stored, totals.Sum(t => t.Rejected.Values.Sum()), Math.Round(stored / seconds, 2));
    }

    private static List<ServiceSummary> ServicesOf(Parts parts, FieldCounts errors, Alert[] active, DateTimeOffset from)
    {
        var errorsOf = errors.Values.ToDictionary(v => v.Value, v => v.Count);
        var crashesOf = parts.CrashStatistics.ByService(from).ToDictionary(c => c.Service, c => c.Count);
        var seen = parts.Ingest.Sources.Snapshot().ToDictionary(s => s.Service, s => s.LastSeen);
        var alertsOf = active.Where(a => a.Labels.ContainsKey("service")).GroupBy(a => a.Labels["service"]).ToDictionary(g => g.Key, g => g.Count());
        return [.. seen.Keys.Union(errorsOf.Keys).Union(crashesOf.Keys).Union(alertsOf.Keys)
            .Select(name => new ServiceSummary(name, errorsOf.GetValueOrDefault(name), crashesOf.GetValueOrDefault(name),
                alertsOf.GetValueOrDefault(name), seen.TryGetValue(name, out DateTimeOffset last) ? last : null))
            .OrderByDescending(s => s.Alerts).ThenByDescending(s => s.Crashes).ThenByDescending(s => s.Errors).ThenBy(s => s.Name, StringComparer.Ordinal)
            .Take(50)];
    }

    private static long Total(SeverityCounts c) => c.Unknown + c.Trace + c.Debug + c.Info + c.Warn + c.Error + c.Fatal;
}

/// <summary>Answer of /overview.</summary>
/// <param name="Sentence">The state in words.</param>
public sealed record Overview(
    string Status, string Sentence, FiringCounts Firing, int Acknowledged, int Suppressed, OverviewCrashes Crashes, OverviewLogs Logs,
    OverviewIngest Ingest, IReadOnlyList<AlertView> Alerts, IReadOnlyList<CrashGroup> Groups, IReadOnlyList<ServiceSummary> Services,
    HistogramAnswer Histogram);

/// <summary>Active alerts by priority.</summary>
public sealed record FiringCounts(int Critical, int High, int Medium, int Low);

/// <param name="Hourly">The last 24 hours, oldest first.</param>
public sealed record OverviewCrashes(long LastHour, [property: System.Text.Json.Serialization.JsonPropertyName("last24h")] long Last24Hours, long Total, long NewGroups, IReadOnlyList<int> Hourly);

/// <summary>Log records in the asked range.</summary>
public sealed record OverviewLogs(long Total, long Errors);

/// <param name="PerSecond">Mean since the start.</param>
public sealed record OverviewIngest(long Received, long Stored, long Rejected, double PerSecond);

/// <summary>One service, worst first. Errors and crashes are those of the asked range.</summary>
public sealed record ServiceSummary(string Name, long Errors, long Crashes, int Alerts, DateTimeOffset? LastSeen);
