using System.Net;
using TocsinSdk.Metrics;

namespace TocsinSdk.Tests.Metrics;

public sealed class ScrapeRequestTests
{
    // As Prometheus 2.42, Prometheus 3 and a browser send them.
    [Theory]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", false)]
    [InlineData("application/openmetrics-text;version=0.0.1", false)]
    [InlineData("application/openmetrics-text;q=0.2, text/plain;q=0.9", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", true)]
    [InlineData(";;;,q=;=", false)]
    [InlineData(null, false)]
    public void The_format_is_the_one_asked_for(string? accept, bool open) =>
        (ScrapeRequest.Of(accept, null).Format == Exposition.OpenMetrics).ShouldBe(open);

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, GZIP;q=0.5", true)]
    [InlineData("gzip;q=0, identity", false)]
    [InlineData("br", false)]
    [InlineData(null, false)]
    public void It_is_compressed_when_that_is_understood(string? encodings, bool gzip) =>
        ScrapeRequest.Of(null, encodings).Gzip.ShouldBe(gzip);

    [Theory]
    [InlineData("127.0.0.1", false, null)]
    [InlineData("::1", false, null)]
    [InlineData("::ffff:127.0.0.1", false, null)]
    [InlineData("127.0.0.1", true, 403)]
    [InlineData("10.0.0.1", false, 403)]
    [InlineData(null, false, null)]
    public void Without_a_key_only_this_machine_may_read(string? from, bool forwarded, int? status) =>
        (ScrapeRequest.Refusal(
            new MetricOptions(), from is null ? null : IPAddress.Parse(from), forwarded, null)?.Status)
            .ShouldBe(status);

    [Theory]
    [InlineData("Bearer s3cret", null)]
    [InlineData("Bearer s3cre", 401)]
    [InlineData("Basic s3cret", 401)]
    [InlineData(null, 401)]
    public void With_a_key_everybody_needs_it(string? authorization, int? status)
    {
        var options = new MetricOptions { Key = "s3cret", Open = true };

        (ScrapeRequest.Refusal(options, IPAddress.Loopback, false, authorization)?.Status).ShouldBe(status);
    }

    [Theory]
    [InlineData("127.0.0.1:9464", "http://127.0.0.1:9464/")]
    [InlineData("*:80", "http://+:80/")]
    [InlineData("[::1]:80", "http://[::1]:80/")]
    [InlineData("localhost:80", "http://localhost:80/")]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.0.0.1:0", null)]
    [InlineData("a/b:80", null)]
    public void An_address_to_listen_at_is_checked(string listen, string? prefix) =>
        MetricsListener.Prefix(listen).ShouldBe(prefix);

    [Fact]
    public void Options_that_cannot_be_used_are_named()
    {
        var options = new MetricOptions { Path = "metrics", SeriesLimit = 0, Key = "a b", Listen = "x" };
        options.Buckets["a"] = "2, 1";

        options.Problems().Count().ShouldBe(5);
        new MetricOptions().Problems().ShouldBeEmpty();
    }
}
