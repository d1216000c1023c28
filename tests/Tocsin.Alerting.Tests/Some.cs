using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Tests;

/// <summary>Values for tests that do not care which.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Alert Alert() => new()
    {
        Id = 1,
        Key = "high_cpu:web-1",
        Type = "high_cpu",
        Title = "High CPU Usage - web-1",
        Message = "CPU is at 92%",
        Priority = AlertPriority.Medium,
        Category = AlertCategory.System,
        Resource = "web-1",
        StartsAt = Time,
        LastSeenAt = Time,
    };

    public static AlertProposal Proposal(string resource = "web-1", AlertPriority? priority = AlertPriority.Medium) => new()
    {
        Type = "high_cpu",
        Title = $"High CPU Usage - {resource}",
        Message = "CPU is at 92%",
        Resource = resource,
        Priority = priority,
    };
}
