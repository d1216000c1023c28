using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace TocsinSdk.AI.Tests;

/// <summary>Calls over real HTTP to a provider that is a process of its own.</summary>
public sealed class TocsinChatClientTests(ModelServer server) : IClassFixture<ModelServer>, IDisposable
{
    private const double Cost = (600 * 2.5 + 400 * 1.25 + 200 * 10) / 1e6;

    private readonly Ear _ear = new();

    public void Dispose() => _ear.Dispose();

    [Fact]
    public async Task A_call_is_one_span_with_tokens_cost_and_no_content()
    {
        using var client = Client();
        var answer = await client.GetResponseAsync("hello", new ChatOptions { Temperature = 0.5f });
        answer.Text.ShouldBe("ok: hello");

        var span = _ear.Spans.ShouldHaveSingleItem();
        (span.DisplayName, span.Kind).ShouldBe(("chat gpt-4o", ActivityKind.Client));
        var tags = span.TagObjects.ToDictionary();
        tags["gen_ai.provider.name"].ShouldBe("openai");
        tags["gen_ai.request.temperature"].ShouldBe(0.5f);
        tags["gen_ai.response.model"].ShouldBe("gpt-4o-2024-08-06");
        tags["gen_ai.response.finish_reasons"].ShouldBe(new[] { "stop" });
        (tags["gen_ai.usage.input_tokens"], tags["gen_ai.usage.output_tokens"]).ShouldBe((1000L, 200L));
        tags["gen_ai.usage.cache_read.input_tokens"].ShouldBe(400L);
        tags["gen_ai.usage.reasoning.output_tokens"].ShouldBe(50L);
        tags["server.port"].ShouldBe(server.Url.Port);
        ((double)tags["tocsin.gen_ai.cost_usd"]!).ShouldBe(Cost, 1e-12);
        tags.Keys.ShouldNotContain("gen_ai.input.messages");
        _ear.Values("gen_ai.client.operation.duration").Length.ShouldBe(1);
        _ear.Values("llm.tokens").Sum().ShouldBe(1200);
        // What the client did belongs to the call.
        _ear.All.ShouldContain(a => a.Source.Name == "System.Net.Http" && a.ParentSpanId == span.SpanId);
    }

    [Fact]
    public async Task A_stream_tells_when_its_chunks_came_and_adds_up()
    {
        using var client = Client();
        var said = "";
        await foreach (var update in client.GetStreamingResponseAsync("count"))
            said += update.Text;
        said.ShouldBe("one two three");
        var tags = _ear.Spans.ShouldHaveSingleItem().TagObjects.ToDictionary();
        (tags["gen_ai.usage.input_tokens"], tags["gen_ai.response.id"]).ShouldBe((1000L, "chatcmpl-2"));
        _ear.Values("gen_ai.client.operation.time_to_first_chunk").ShouldHaveSingleItem().ShouldBeGreaterThan(0);
        var between = _ear.Values("gen_ai.client.operation.time_per_output_chunk");
        between.Length.ShouldBe(4);
        between.Sum().ShouldBeGreaterThan(0.03, "the provider waits 20 ms between words");
        _ear.Values("llm.cost").ShouldHaveSingleItem().ShouldBe(Cost, 1e-12);
    }

    [Fact]
    public async Task A_stream_that_is_left_early_ends_its_span()
    {
        using var client = Client();
        await foreach (var _ in client.GetStreamingResponseAsync("count"))
            break;
        _ear.Spans.ShouldHaveSingleItem().Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task Refusals_time_outs_and_torn_streams_pass_through_and_are_told_apart()
    {
        using var client = Client(TimeSpan.FromMilliseconds(300));
        await Should.ThrowAsync<HttpRequestException>(() => client.GetResponseAsync("limit"));
        await Should.ThrowAsync<TaskCanceledException>(() => client.GetResponseAsync("hang"));
        await Should.ThrowAsync<System.Text.Json.JsonException>(async () =>
        {
            await foreach (var _ in client.GetStreamingResponseAsync("broken"))
            {
            }
        });
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(
            () => client.GetResponseAsync("hello", cancellationToken: cancelled.Token));
        _ear.Spans.Select(s => s.GetTagItem("error.type")).ShouldBe(
            ["429", "timeout", "System.Text.Json.JsonException", "cancelled"]);
        _ear.Spans.ShouldAllBe(s => s.Status == ActivityStatusCode.Error);
        _ear.Values("gen_ai.client.operation.duration").Length.ShouldBe(4);
        _ear.Values("llm.tokens").ShouldBeEmpty();
    }

    [Fact]
    public async Task Calls_that_other_instrumentation_measures_outside_are_not_measured_twice()
    {
        using var source = new ActivitySource(Ear.Theirs);
        using var client = Client();
        using (var theirs = source.StartActivity("chat gpt-4o"))
        {
            theirs!.SetTag("gen_ai.operation.name", "chat");
            await client.GetResponseAsync("hello");
            ((double)theirs.GetTagItem("tocsin.gen_ai.cost_usd")!).ShouldBe(Cost, 1e-12);
        }
        _ear.Spans.ShouldBeEmpty();
        _ear.Measures.ShouldNotContain(m => m.Name.StartsWith("gen_ai.", StringComparison.Ordinal));
        _ear.Values("llm.tokens").Sum().ShouldBe(1200);
    }

    [Fact]
    public async Task Calls_that_other_instrumentation_measures_inside_are_not_measured_twice()
    {
        using var client = new Instrumented(new OpenAiClient(server.Url)).UseTocsin();
        await client.GetResponseAsync("hello");
        _ear.Spans.ShouldBeEmpty();
        _ear.Values("llm.cost").Length.ShouldBe(1);
    }

    [Fact]
    public async Task Twice_added_measures_once()
    {
        using var client = Client().UseTocsin();
        await client.GetResponseAsync("hello");
        await foreach (var _ in client.GetStreamingResponseAsync("count"))
        {
        }
        _ear.Spans.Length.ShouldBe(2);
        client.GetService(typeof(OpenAiClient)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Embeddings_have_a_span_and_a_price()
    {
        using var generator = new OpenAiClient(server.Url).UseTocsin<string, Embedding<float>>();
        (await generator.GenerateAsync(["a", "b"])).Count.ShouldBe(2);
        _ear.Spans.ShouldHaveSingleItem().DisplayName.ShouldBe("embeddings text-embedding-3-small");
        _ear.Values("llm.cost").ShouldHaveSingleItem().ShouldBe(8 * 0.02 / 1e6, 1e-15);
    }

    private IChatClient Client(TimeSpan? timeout = null)
    {
        IChatClient client = new OpenAiClient(server.Url, timeout);
        return client.UseTocsin();
    }

    /// <summary>Answers as OpenTelemetryChatClient of Microsoft.Extensions.AI does when asked for its source.</summary>
    private sealed class Instrumented(IChatClient inner) : DelegatingChatClient(inner)
    {
        private static readonly ActivitySource s_source = new(Ear.Theirs);

        public override object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(ActivitySource) ? s_source : base.GetService(serviceType, serviceKey);
    }
}
