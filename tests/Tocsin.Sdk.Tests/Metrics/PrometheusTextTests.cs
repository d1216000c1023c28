using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Tocsin.Testing;

namespace TocsinSdk.Tests.Metrics;

public sealed class PrometheusTextTests
{
    [Fact]
    public void The_text_of_each_kind_of_instrument()
    {
        using var page = Filled();

        page.OwnLines().ShouldBe("""
            # TYPE test_a_deals_total counter
            # HELP test_a_deals_total Deals\nfound \\ "all"
            test_a_deals_total{category="a\"b\\c\nd",ok="true"} 3
            # TYPE test_b_load_ratio gauge
            test_b_load_ratio NaN
            # TYPE test_c_wait_seconds histogram
            test_c_wait_seconds_bucket{le="0.5"} 1
            test_c_wait_seconds_bucket{le="2.0"} 2
            test_c_wait_seconds_bucket{le="+Inf"} 3
            test_c_wait_seconds_sum 11.25
            test_c_wait_seconds_count 3
            # TYPE test_d_depth gauge
            test_d_depth -2

            """);
    }

    [Fact]
    public void OpenMetrics_names_families_without_total_and_tells_units()
    {
        using var page = Filled();

        page.OwnLines(openMetrics: true).ShouldBe("""
            # TYPE test_a_deals counter
            # HELP test_a_deals Deals\nfound \\ \"all\"
            test_a_deals_total{category="a\"b\\c\nd",ok="true"} 3
            # TYPE test_b_load_ratio gauge
            # UNIT test_b_load_ratio ratio
            test_b_load_ratio NaN
            # TYPE test_c_wait_seconds histogram
            # UNIT test_c_wait_seconds seconds
            test_c_wait_seconds_bucket{le="0.5"} 1
            test_c_wait_seconds_bucket{le="2.0"} 2
            test_c_wait_seconds_bucket{le="+Inf"} 3
            test_c_wait_seconds_sum 11.25
            test_c_wait_seconds_count 3
            # TYPE test_d_depth gauge
            test_d_depth -2

            """);
        page.OpenMetrics.ShouldEndWith("\n# EOF\n");
        page.OpenMetrics.ShouldStartWith("# TYPE target info\n");
        page.OpenMetrics.ShouldContain("service_name=\"größe\"");
    }

    [Fact]
    public void The_time_counting_began_is_told_when_asked_for()
    {
        using var page = new TestPage(o => o.CreatedSeries = true);
        page.Meter.CreateCounter<long>("made").Add(1);

        var made = page.Parsed(openMetrics: true)["made"];

        var created = made.Samples.Single(s => s.Name == "made_created").Value;
        created.ShouldBe(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), tolerance: 3600);
        page.Parsed().ShouldNotContainKey("made_created");
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_value_of_a_label_reads_back_as_it_was()
    {
        var random = FuzzSeed.Random(20261121);
        using var page = new TestPage();
        var counter = page.Meter.CreateCounter<long>("fuzzed");
        var expected = new HashSet<string>();
        for (var i = 0; i < 500; i++)
        {
            var text = RandomText(random) + i.ToString(CultureInfo.InvariantCulture);
            counter.Add(1, new KeyValuePair<string, object?>("text", text));
            // What UTF-8 or the readers cannot have is replaced.
            expected.Add(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD'));
        }

        foreach (var open in (bool[])[false, true])
            page.Parsed(open).Values.Single(f => f.Name.StartsWith("fuzzed", StringComparison.Ordinal))
                .Samples.Select(s => s.Labels["text"]).ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_name_of_a_tag_gives_a_page_that_can_be_read()
    {
        var random = FuzzSeed.Random(20261121);
        using var page = new TestPage();
        var counter = page.Meter.CreateCounter<long>("tagged");
        for (var i = 0; i < 300; i++)
        {
            var tags = Enumerable.Range(0, random.Next(6))
                .Select(_ => new KeyValuePair<string, object?>(RandomText(random), random.Next(3) == 0 ? null : random.Next(9)));
            counter.Add(1, [.. tags, new("i", i)]);
        }

        page.Parsed()["tagged_total"].Samples.Count.ShouldBe(300);
        page.Parsed(openMetrics: true)["tagged"].Samples.Count.ShouldBe(300);
    }

    [Fact]
    public void Tags_that_become_one_label_share_it()
    {
        using var page = new TestPage();
        page.Meter.CreateCounter<long>("shared").Add(1, new("b.x", "second"), new("a", 1.5), new("b-x", "first"));

        var labels = page.Parsed()["shared_total"].Samples.Single().Labels;

        labels["b_x"].ShouldBe("first;second");
        labels["a"].ShouldBe("1.5");
    }

    [Fact]
    public void Values_of_any_type_become_text()
    {
        using var page = new TestPage();
        page.Meter.CreateCounter<long>("typed").Add(1, new("array", new[] { "a", "b\"" }), new("double", 0.1),
            new("day", DayOfWeek.Friday), new("long", long.MinValue), new("none", null));

        var labels = page.Parsed()["typed_total"].Samples.Single().Labels;

        labels["array"].ShouldBe("[\"a\",\"b\\u0022\"]");
        labels["double"].ShouldBe("0.1");
        labels["day"].ShouldBe("Friday");
        labels["long"].ShouldBe("-9223372036854775808");
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.NaN)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    [InlineData(0.1)]
    [InlineData(-0.0)]
    public void Any_number_reads_back_as_it_was(double value)
    {
        using var page = new TestPage();
        page.Meter.CreateGauge<double>("number").Record(value);

        page.Parsed()["number"].Samples.Single().Value.ShouldBe(value);
    }

    private static TestPage Filled()
    {
        var page = new TestPage();
        var meter = page.Meter;
        meter.CreateCounter<long>("test.a.deals", "{deal}", "Deals\nfound \\ \"all\"")
            .Add(3, new("category", "a\"b\\c\nd"), new("ok", true));
        meter.CreateGauge<double>("test.b.load", "1").Record(double.NaN);
        var wait = meter.CreateHistogram("test.c.wait", "s", null, null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 2] });
        foreach (var seconds in (double[])[0.25, 1, 10])
            wait.Record(seconds);
        meter.CreateUpDownCounter<int>("test.d.depth").Add(-2);
        return page;
    }

    private static string RandomText(Random random)
    {
        const string Interesting = "\"\\\n\r\t\0{}=,# ñ中\ud83d\ude00\ud800_.:abc123";
        return string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Interesting[random.Next(Interesting.Length)]));
    }
}
