using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TocsinSdk.Metrics;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Metrics;

public sealed class RealConsumersTests
{
    private const string Read = """
        import sys, json
        from prometheus_client.parser import text_string_to_metric_families as text
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
        page = sys.stdin.buffer.read().decode("utf-8")
        for family in (openmetrics if sys.argv[1] == "open" else text)(page):
            for s in family.samples:
                print(json.dumps([family.name, family.type, s.name, dict(s.labels), str(s.value)]))
        """;

    [Fact]
    public void Promtool_finds_nothing_wrong_with_the_syntax()
    {
        Assert.SkipUnless(File.Exists(Tool.Promtool), "no promtool: install the Debian package prometheus");
        using var page = Filled();

        var (code, said) = Tool.Run(Tool.Promtool, ["check", "metrics"], page.Text);

        // 3 means advice on names, which are OpenTelemetry's and not ours to choose.
        code.ShouldBeOneOf(0, 3);
        said.ShouldNotContain("error");
        said.ShouldNotContain("parsing");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pythons_client_reads_every_sample(bool openMetrics)
    {
        Assert.SkipUnless(Directory.Exists(Tool.PythonClient),
            "no Prometheus client for Python: install the Debian package python3-prometheus-client");
        using var page = Filled();
        var text = openMetrics ? page.OpenMetrics : page.Text;

        var (code, said) = Tool.Run("/usr/bin/python3", ["-c", Read, openMetrics ? "open" : "text"], text);

        code.ShouldBe(0, said);
        var read = said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        read.Count.ShouldBe(PageParser.Parse(text, openMetrics).Values.Sum(f => f.Samples.Count));
        read.Single(r => r[2].GetString() == "consumed_total")[3].GetProperty("label").GetString().ShouldBe("a\"b\\c\nd");
    }

    [Fact]
    public async Task A_Prometheus_server_scrapes_stores_and_answers()
    {
        Assert.SkipUnless(File.Exists(Tool.Prometheus), "no Prometheus: install the Debian package prometheus");
        using var page = Filled();
        var (listen, api) = (Tool.FreePort(), Tool.FreePort());
        page.Options.Listen = $"127.0.0.1:{listen}";
        page.Options.Key = "s3cret";
        MetricsListener.Start(page.Page, page.Options, page.Said.Add);
        page.Said.ShouldBeEmpty();
        using var folder = new TempFolder();
        using var server = Tool.Start(Tool.Prometheus, [
            "--config.file=" + Configuration(folder.Path, listen), "--storage.tsdb.path=" + folder.Path,
            "--web.listen-address=127.0.0.1:" + api.ToString(CultureInfo.InvariantCulture), "--log.level=warn",
            "--enable-feature=exemplar-storage"]);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{api}") };

            var value = await Query(http, "consumed_total");
            value.GetProperty("metric").GetProperty("label").GetString().ShouldBe("a\"b\\c\nd");
            value.GetProperty("metric").GetProperty("otel_scope_name").GetString().ShouldBe(page.Meter.Name);
            value.GetProperty("value")[1].GetString().ShouldBe("3");
            (await Query(http, "histogram_quantile(0.5, waited_seconds_bucket)")).GetProperty("value")[1].GetString()
                .ShouldBe("0.75");
            (await Query(http, "target_info")).GetProperty("metric").GetProperty("service_name").GetString()
                .ShouldBe("größe");
            var type = await http.GetStringAsync("/api/v1/metadata?metric=consumed");
            var exemplars = await http.GetStringAsync("/api/v1/query_exemplars?query=waited_seconds_bucket"
                + $"&start={DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 600}&end={DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
            exemplars.ShouldContain("\"trace_id\":");
            var target = await http.GetStringAsync("/api/v1/targets");
            type.ShouldContain("counter");
            target.ShouldContain("\"health\":\"up\"");
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task The_listener_serves_the_page_alone_and_asks_for_the_key()
    {
        using var page = Filled();
        var port = Tool.FreePort();
        page.Options.Listen = $"127.0.0.1:{port}";
        MetricsListener.Start(page.Page, page.Options, page.Said.Add);
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };

        var text = await http.GetStringAsync("/metrics");
        PageParser.Parse(text, openMetrics: false).ShouldContainKey("consumed_total");
        (await http.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        page.Options.Key = "s3cret";
        (await http.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "s3cret");
        http.DefaultRequestHeaders.Accept.ParseAdd("application/openmetrics-text; version=1.0.0");
        var answer = await http.GetAsync("/metrics");
        answer.Content.Headers.ContentType!.ToString()
            .ShouldBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
        PageParser.Parse(await answer.Content.ReadAsStringAsync(), openMetrics: true).ShouldContainKey("consumed");
    }

    [Fact]
    public void An_address_that_is_taken_is_said_and_done_without()
    {
        using var page = Filled();
        page.Options.Listen = $"127.0.0.1:{Tool.FreePort()}";
        MetricsListener.Start(page.Page, page.Options, page.Said.Add);

        MetricsListener.Start(page.Page, page.Options, page.Said.Add);

        page.Said.ShouldHaveSingleItem().ShouldStartWith("tocsin: no metrics at 127.0.0.1:");
    }

    private static TestPage Filled()
    {
        var page = new TestPage();
        page.Meter.CreateCounter<long>("consumed", "{thing}", "Things \\ and \"more\"\nof them")
            .Add(3, new KeyValuePair<string, object?>("label", "a\"b\\c\nd"));
        var waited = page.Meter.CreateHistogram("waited", "s", null, null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2] });
        using var activity = new Activity("traced").SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.Start();
        waited.Record(0.6);
        waited.Record(0.8);
        page.Meter.CreateGauge<double>("odd").Record(double.PositiveInfinity, new KeyValuePair<string, object?>("größe", "中"));
        return page;
    }

    private static string Configuration(string folder, int port)
    {
        var file = Path.Combine(folder, "prometheus.yml");
        File.WriteAllText(file, $"""
            global:
              scrape_interval: 1s
              scrape_timeout: 1s
            scrape_configs:
              - job_name: shop
                authorization:
                  credentials: s3cret
                static_configs:
                  - targets: ['127.0.0.1:{port}']
            """);
        return file;
    }

    /// <summary>The one series of the answer, as soon as there is one.</summary>
    private static async Task<JsonElement> Query(HttpClient http, string query)
    {
        var deadline = Stopwatch.StartNew();
        var last = "";
        while (deadline.Elapsed < TimeSpan.FromSeconds(30))
        {
            try
            {
                last = await http.GetStringAsync("/api/v1/query?query=" + Uri.EscapeDataString(query));
                var result = JsonDocument.Parse(last).RootElement.GetProperty("data").GetProperty("result");
                if (result.GetArrayLength() == 1)
                    return result[0];
            }
            catch (HttpRequestException e)
            {
                last = e.Message;
            }
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException($"{query}: {last}");
    }
}
