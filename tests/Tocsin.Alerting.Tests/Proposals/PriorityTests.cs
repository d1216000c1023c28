using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Tests.Proposals;

public sealed class PriorityTests
{
    private static readonly AlertProposal s_plain = Some.Proposal(priority: null) with { Type = "note" };

    [Theory]
    [InlineData(80.0, 80.0, AlertPriority.Medium)]
    [InlineData(92.0, 80.0, AlertPriority.Medium)]
    [InlineData(96.0, 80.0, AlertPriority.Medium)]
    [InlineData(97.0, 80.0, AlertPriority.High)]
    [InlineData(120.0, 80.0, AlertPriority.High)]
    [InlineData(121.0, 80.0, AlertPriority.Critical)]
    [InlineData(1.0, 0.0, AlertPriority.Critical)]
    [InlineData(65.0, 100.0, AlertPriority.High)]
    [InlineData(40.0, 100.0, AlertPriority.Critical)]
    public async Task The_overage_decides(double current, double threshold, AlertPriority expected) =>
        (await PriorityOf(s_plain with { Reading = new ThresholdReading("queue_length", current, threshold) })).ShouldBe(expected);

    [Theory]
    [InlineData("DatabaseConnectionError", 1, null, AlertPriority.Critical)]
    [InlineData("StripeAPIError", 5, 3, AlertPriority.Medium)]
    [InlineData("StripeAPIError", 6, 3, AlertPriority.High)]
    [InlineData("StripeAPIError", 1, 10, AlertPriority.Medium)]
    [InlineData("StripeAPIError", 1, 11, AlertPriority.Critical)]
    public async Task The_impact_decides(string errorType, int errors, int? users, AlertPriority expected) =>
        (await PriorityOf(s_plain with { ErrorType = errorType, ErrorCount = errors, AffectedUsers = users, Category = AlertCategory.Application }))
            .ShouldBe(expected);

    [Theory]
    [InlineData(AlertCategory.Availability, AlertPriority.Critical)]
    [InlineData(AlertCategory.Database, AlertPriority.High)]
    [InlineData(AlertCategory.Security, AlertPriority.High)]
    [InlineData(AlertCategory.Business, AlertPriority.Medium)]
    public async Task The_category_sets_the_least(AlertCategory category, AlertPriority expected) =>
        (await PriorityOf(s_plain with { Category = category })).ShouldBe(expected);

    [Fact]
    public async Task What_is_given_counts_whatever_the_evidence() =>
        (await PriorityOf(s_plain with { Priority = AlertPriority.Low, AffectedUsers = 1000, Category = AlertCategory.Availability }))
            .ShouldBe(AlertPriority.Low);

    [Theory]
    [InlineData("database_slow_query", AlertCategory.Database, "Read the execution plan")]
    [InlineData("high_cpu", AlertCategory.System, "Check for runaway processes")]
    [InlineData("memory_leak", AlertCategory.System, "Take a heap dump")]
    [InlineData("api_response_time", AlertCategory.Performance, "Find the slowest operations")]
    [InlineData("brute_force_attack", AlertCategory.Security, "Note the source addresses")]
    [InlineData("service_down", AlertCategory.Availability, "Check whether the process runs")]
    [InlineData("booking_rate_drop", AlertCategory.Business, "Compare with the same weekday")]
    [InlineData("request_timeout", AlertCategory.Application, "Compare the response times")]
    [InlineData("something_else", AlertCategory.Application, "Read the stack trace")]
    public async Task The_type_tells_the_category_and_the_first_step(string type, AlertCategory category, string step)
    {
        await using var desk = new Desk();
        Alert alert = (await desk.Raise(s_plain with { Type = type })).Alert;
        alert.Category.ShouldBe(category);
        alert.Recommendations[0].ShouldStartWith(step);
    }

    [Theory]
    [InlineData("cpu_percent", 92, 80, "High CPU Usage - web", "CPU is at 92% (threshold: 80%, exceeded by 15.0%)")]
    [InlineData("api_response_time_ms", 1523.4567, 1000, "High API response time - web", "API response time is at 1523.457 ms (threshold: 1000 ms, exceeded by 52.3%)")]
    [InlineData("booking_rate", 65, 100, "Low Booking rate - web", "Booking rate is at 65 (threshold: 100, below by 35.0%)")]
    [InlineData("_percent", 2, 1, "High _percent Usage - web", "_percent is at 2% (threshold: 1%, exceeded by 100.0%)")]
    public void A_measurement_is_said_in_words(string metric, double current, double threshold, string title, string message)
    {
        var reading = new ThresholdReading(metric, current, threshold);
        (reading.TitleFor("web"), reading.Message).ShouldBe((title, message));
    }

    private static async Task<AlertPriority> PriorityOf(AlertProposal proposal)
    {
        await using var desk = new Desk();
        return (await desk.Raise(proposal)).Alert.Priority;
    }
}
