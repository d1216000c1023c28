using TocsinSdk.Metrics;

namespace TocsinSdk.Tests.Metrics;

public sealed class PrometheusNamesTests
{
    [Theory]
    [InlineData("http.server.request.duration", "s", "histogram", "http_server_request_duration_seconds")]
    [InlineData("deals.found", null, "counter", "deals_found")]
    [InlineData("deals_found_total", null, "counter", "deals_found")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", "counter", "dotnet_gc_heap_total_allocated_bytes")]
    [InlineData("system.cpu.utilization", "1", "gauge", "system_cpu_utilization_ratio")]
    [InlineData("things", "1", "counter", "things")]
    [InlineData("memory_usage_bytes", "By", "gauge", "memory_usage_bytes")]
    [InlineData("cpu.usage", "%", "gauge", "cpu_usage_percent")]
    [InlineData("throughput", "By/s", "gauge", "throughput_bytes_per_second")]
    [InlineData("rate", "{request}/s", "gauge", "rate_per_second")]
    [InlineData("queue.length", "{work_item}", "gauge", "queue_length")]
    [InlineData("speed", "furlong/{x}", "gauge", "speed_furlong")]
    [InlineData("latency", "ms", "histogram", "latency_milliseconds")]
    [InlineData("3.things", null, "gauge", "_3_things")]
    [InlineData("a..b--c", null, "gauge", "a_b_c")]
    [InlineData("größe", null, "gauge", "gr_e")]
    [InlineData("seconds", "s", "gauge", "seconds")]
    [InlineData("odd_", "s", "gauge", "odd_seconds")]
    public void Names_carry_their_unit(string name, string? unit, string kind, string expected) =>
        PrometheusNames.Family(name, PrometheusNames.Unit(unit, kind == "gauge"), kind == "counter").ShouldBe(expected);

    [Theory]
    [InlineData("http.route", "http_route")]
    [InlineData("le", "exported_le")]
    [InlineData("otel.scope.name", "exported_otel_scope_name")]
    [InlineData("__name__", "_name_")]
    [InlineData("1st", "_1st")]
    [InlineData("a:b", "a_b")]
    [InlineData("", "_")]
    public void Labels_cannot_be_mistaken_for_the_pages_own(string attribute, string label) =>
        PrometheusNames.Label(attribute).ShouldBe(label);

    [Fact]
    public void A_pool_named_by_its_connection_string_shows_neither_host_nor_user()
    {
        var name = PoolName.Short("Host=db.internal;Username=bob;Database=shop;Port=5432");

        name.ShouldMatch("^shop-[0-9a-f]{8}$");
        PoolName.Short("Host=other;Username=bob;Database=shop;Port=5432").ShouldNotBe(name);
        PoolName.Short("main").ShouldBe("main");
    }
}
