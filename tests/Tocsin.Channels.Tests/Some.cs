using System.Text.Json;
using Tocsin.Model.Alerts;

namespace Tocsin.Channels.Tests;

/// <summary>Notifications for tests that do not care which.</summary>
internal static class Some
{
    public const string Hostile =
        "<!channel> <@U123> <https://evil.example|click> & \"quoted\" <script>alert(1)</script>\u0000\u0007\u001b[31m\r\nBcc: x@y.z\r\n.\r\nÄ 🚨";

    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Alert Crash() => new()
    {
        Id = 7, Key = "crash:1", Type = "crash", Title = "SqlException in booking-service",
        Message = "Timeout expired", Priority = AlertPriority.Critical, Category = AlertCategory.Database,
        Resource = "booking-service", StartsAt = Time, LastSeenAt = Time, AffectedUsers = 15, Count = 3,
        CrashId = "CRASH-20260102030405-1a2b3c4d", RunbookUrl = "https://wiki.example.com/db",
        Labels = new Dictionary<string, string> { ["service"] = "booking-service" },
        Recommendations = ["Add an index"],
        Metadata = new Dictionary<string, JsonElement>
        {
            ["error_type"] = Json("SqlException"), ["error_message"] = Json("Execution Timeout Expired."),
        },
        Diagnosis = new Diagnosis
        {
            Family = "database", Category = AlertCategory.Database, Severity = AlertPriority.Critical, LikelyCause = "A query is too slow.",
            NextSteps = ["Look at the slow queries"], Rule = "database", Because = "The type is SqlException.",
        },
    };

    public static Alert Slow(long id = 8) => new()
    {
        Id = id, Key = $"slow:{id}", Type = "slow_query", Title = $"Slow query {id}", Message = "5.23 s", Priority = AlertPriority.Medium,
        Category = AlertCategory.Performance, Resource = "bookings table", StartsAt = Time, LastSeenAt = Time,
    };

    public static Alert Over(Alert alert) =>
        alert with { Condition = AlertCondition.Resolved, EndsAt = Time.AddMinutes(3).AddSeconds(20) };

    /// <summary>The same text in every place that outsiders can fill.</summary>
    public static Alert Saying(string text) => Crash() with
    {
        Title = text, Message = text, Resource = text, CrashId = text, RunbookUrl = "javascript:alert(1)", Recommendations = [text],
        Type = text, Labels = new Dictionary<string, string> { ["service"] = text }, Annotations = new Dictionary<string, string> { ["note"] = text },
        Metadata = new Dictionary<string, JsonElement>
        {
            ["error_type"] = Json(text), ["error_message"] = Json(text), ["stack_trace"] = Json(text),
        },
        Diagnosis = Crash().Diagnosis! with { LikelyCause = text, Because = text, NextSteps = [text], Family = text },
        RelatedLogs = [new RelatedLog(Time, "ERROR", text, text)],
    };

    public static Notification News(Alert alert, NotificationReason reason = NotificationReason.Firing) => new()
    {
        Id = "ntf_0001", Reason = reason, Receiver = "ops.hook", Alerts = [alert],
        ExternalUrl = "https://tocsin.example.com", At = Time,
    };

    public static Notification Digest(params Alert[] alerts) => News(alerts[0], NotificationReason.Digest) with
    {
        Alerts = alerts,
        Digest = new DigestSummary(alerts.Count(a => !Notification.IsOver(a)), alerts.Count(Notification.IsOver), Time),
    };

    private static JsonElement Json(string text) => JsonSerializer.SerializeToElement(text);
}
