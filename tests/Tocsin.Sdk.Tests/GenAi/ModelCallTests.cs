using System.Diagnostics;
using TocsinSdk.GenAi;

namespace TocsinSdk.Tests.GenAi;

public sealed class ModelCallTests : IDisposable
{
    private readonly AiStage _stage = new();
    private readonly string _model = "m-" + Guid.NewGuid().ToString("N");

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void A_call_is_a_span_with_usage_and_cost_and_two_kinds_of_measures()
    {
        _stage.Options.Prices["acme/" + _model] = "2 0.5 10";
        using (var call = new ModelCall(_stage.Telemetry, "chat", "acme", _model))
        {
            call.Chunk();
            call.Chunk();
            call.Chunk();
            call.Answered(_model + "-2026-01-01", "id-1", "stop");
            call.Tokens(1_000_000, 100_000, cachedInput: 500_000);
        }
        var span = _stage.Span("chat " + _model);
        span.Kind.ShouldBe(ActivityKind.Client);
        span.GetTagItem("gen_ai.usage.input_tokens").ShouldBe(1_000_000L);
        span.GetTagItem("gen_ai.usage.cache_read.input_tokens").ShouldBe(500_000L);
        span.GetTagItem("tocsin.gen_ai.cost_usd").ShouldBe(1 + 0.25 + 1);
        _stage.Sum("llm.cost", ("model", _model)).ShouldBe(2.25);
        _stage.Sum("llm.tokens", ("model", _model), ("type", "output")).ShouldBe(100_000);
        _stage.Sum("gen_ai.client.token.usage", ("gen_ai.request.model", _model), ("gen_ai.token.type", "input"))
            .ShouldBe(1_000_000);
        _stage.Measures.Count(m => m.Name == "gen_ai.client.operation.time_to_first_chunk" && Mine(m)).ShouldBe(1);
        _stage.Measures.Count(m => m.Name == "gen_ai.client.operation.time_per_output_chunk" && Mine(m)).ShouldBe(2);
        _stage.Measures.Count(m => m.Name == "gen_ai.client.operation.duration" && Mine(m)).ShouldBe(1);
        var record = _stage.Fields("llm_call_completed");
        (record["chunks"], record["cost_usd"], record["provider"]).ShouldBe((3, 2.25, "acme"));
    }

    [Fact]
    public void A_model_without_a_price_costs_nothing_and_is_counted()
    {
        using (var call = new ModelCall(_stage.Telemetry, "chat", "acme", _model))
            call.Tokens(10, 10);
        _stage.Sum("llm.calls.unpriced", ("model", _model)).ShouldBe(1);
        _stage.Sum("llm.cost", ("model", _model)).ShouldBe(0);
        _stage.Fields("llm_call_completed").ShouldNotContainKey("cost_usd");
    }

    [Fact]
    public void A_failed_call_has_no_tokens_and_a_short_error_type()
    {
        var call = new ModelCall(_stage.Telemetry, "chat", "acme", _model);
        call.Fail(new TaskCanceledException("x", new TimeoutException("y")));
        _stage.Span("chat " + _model).GetTagItem("error.type").ShouldBe("timeout");
        _stage.Measures.Count(m => m.Name == "gen_ai.client.token.usage" && Mine(m)).ShouldBe(0);
        _stage.Measures.Single(m => m.Name == "gen_ai.client.operation.duration" && Mine(m)).Tags["error.type"]
            .ShouldBe("timeout");
        _stage.Captured.ShouldBeEmpty("a caller may try again");
    }

    [Theory]
    [InlineData("openai", "gpt-4o", 2.5)]
    [InlineData("openai", "gpt-4o-2024-08-06", 2.5)]
    [InlineData("OpenAI", "GPT-4o-latest", 2.5)]
    [InlineData("openai", "gpt-4o-mini", 0.15)]
    [InlineData("anthropic", "claude-sonnet-4-20250514", 3.0)]
    [InlineData("anthropic", "claude-sonnet-4-5-20250929", 3.0)]
    [InlineData("openai", "gpt-4o-audio-preview", null)]
    [InlineData("openai", "gpt-4", null)]
    [InlineData("acme", "gpt-4o", null)]
    public void A_dated_name_finds_the_price_of_its_model(string provider, string model, double? input) =>
        (ModelPrices.Find(new GenAiOptions(), provider, model)?.Input).ShouldBe(input);

    [Theory]
    [InlineData("1 2", true)]
    [InlineData("1 0.5 2", true)]
    [InlineData("", false)]
    [InlineData("1", false)]
    [InlineData("1 2 3 4", false)]
    [InlineData("-1 2", false)]
    [InlineData("1,5 2", false)]
    [InlineData("NaN 2", false)]
    public void A_price_is_two_or_three_numbers(string text, bool good)
    {
        (ModelPrice.Parse(text) is not null).ShouldBe(good);
        var options = new GenAiOptions();
        options.Prices["acme/x"] = text;
        options.Problems().Count().ShouldBe(good ? 0 : 1);
    }

    [Fact]
    public void More_cached_than_read_costs_no_less_than_nothing() =>
        new ModelPrice(2, 1, 10).Of(input: 100, cachedInput: 1_000_000, output: 0).ShouldBe(100 * 1 / 1e6);

    private bool Mine((string, double, Dictionary<string, object?> Tags) measure) =>
        Equals(measure.Tags.GetValueOrDefault("gen_ai.request.model"), _model);
}
