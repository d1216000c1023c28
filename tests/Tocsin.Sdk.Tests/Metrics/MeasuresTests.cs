using Microsoft.Extensions.Logging;
using TocsinSdk.Metrics;

namespace TocsinSdk.Tests.Metrics;

public sealed class MeasuresTests
{
    [Fact]
    public void The_names_of_the_documents_come_out_as_written_there()
    {
        using var page = new TestPage();

        Tocsin.Count("deals.found", 2, ("category", "travel"), ("source", "web"));
        Tocsin.Count("deals.found", 1, ("category", "travel"), ("source", "web"));
        Tocsin.Count("deals.found", -5, ("category", "travel"), ("source", "web"));
        Tocsin.Gauge("active_goals", 7);
        Tocsin.Measure("db.query.duration", 0.2, "s", ("query_type", "select"));
        Tocsin.Cache("prices").Hit();
        Tocsin.Cache("prices").Hit();
        Tocsin.Cache("prices").Miss();
        using (var task = Tocsin.Task("mail.send"))
            task.Fail(new TimeoutException());
        Tocsin.Task("mail.send").Dispose();
        using var worker = Tocsin.Worker("mailer");
        Tocsin.Worker("mailer").Dispose();
        var families = PageParser.Parse(page.Text, openMetrics: false);

        var deal = families["deals_found_total"].Samples.Single();
        (deal.Labels["category"], deal.Labels["source"], deal.Value).ShouldBe(("travel", "web", 3));
        families["active_goals"].Samples.Single().Value.ShouldBe(7);
        families["db_query_duration_seconds"].Samples.Last().Value.ShouldBe(1);
        Of(families["cache_hits_total"], "cache_name", "prices").Value.ShouldBe(2);
        Of(families["cache_misses_total"], "cache_name", "prices").Value.ShouldBe(1);
        families["task_duration_seconds"].Samples.Where(s => s.Name == "task_duration_seconds_count")
            .ToDictionary(s => s.Labels.GetValueOrDefault("error_type", ""), s => s.Value)
            .ShouldBe(new Dictionary<string, double> { [""] = 1, ["System.TimeoutException"] = 1 }, ignoreOrder: true);
        Of(families["task_active"], "task_name", "mail.send").Value.ShouldBe(0);
        Of(families["workers"], "worker_name", "mailer").Value.ShouldBe(1);
    }

    [Fact]
    public void Names_that_OpenTelemetry_would_drop_are_made_fit()
    {
        using var page = new TestPage();

        Tocsin.Count("größe der körbe");
        Tocsin.Count("7days");

        page.Text.ShouldContain("gr_e_der_k_rbe_total{");
        page.Text.ShouldContain("m_7days_total{");
    }

    [Fact]
    public void Errors_are_counted_by_class()
    {
        var counts = new ErrorCounts();

        counts.Takes(LogLevel.Error, "any").ShouldBeTrue();
        counts.Takes(LogLevel.Warning, "any").ShouldBeFalse();
        counts.Takes(LogLevel.None, "any").ShouldBeFalse();
    }

    private static Sample Of(ParsedFamily family, string label, string value) =>
        family.Samples.Single(s => s.Labels.GetValueOrDefault(label) == value);
}
