using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace TocsinSdk.AI.Tests;

/// <summary>A chat client and embedding generator over plain HTTP, as an application would write one.</summary>
internal sealed class OpenAiClient(Uri server, TimeSpan? timeout = null)
    : IChatClient, IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = timeout ?? TimeSpan.FromSeconds(20) };

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var answer = await _http.PostAsync(
            "v1/chat/completions", Json(Request(messages, options, stream: false)), cancellationToken);
        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        var choice = json.GetProperty("choices")[0];
        return new ChatResponse(new ChatMessage(
            ChatRole.Assistant, choice.GetProperty("message").GetProperty("content").GetString()))
        {
            ModelId = json.GetProperty("model").GetString(),
            ResponseId = json.GetProperty("id").GetString(),
            FinishReason = ChatFinishReason.Stop,
            Usage = Usage(json.GetProperty("usage")),
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = Json(Request(messages, options, stream: true)),
        };
        using var answer = await _http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal) || line == "data: [DONE]")
                continue;
            var json = JsonSerializer.Deserialize<JsonElement>(line.AsSpan(6));
            var update = new ChatResponseUpdate
            {
                ModelId = json.GetProperty("model").GetString(), ResponseId = json.GetProperty("id").GetString(),
            };
            foreach (var choice in json.GetProperty("choices").EnumerateArray())
            {
                if (choice.GetProperty("delta").TryGetProperty("content", out var text))
                    update.Contents.Add(new TextContent(text.GetString()));
                if (choice.TryGetProperty("finish_reason", out _))
                    update.FinishReason = ChatFinishReason.Stop;
            }
            if (json.TryGetProperty("usage", out var usage))
                update.Contents.Add(new UsageContent(Usage(usage)));
            yield return update;
        }
    }

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using var answer = await _http.PostAsync(
            "v1/embeddings",
            Json(new { model = options?.ModelId ?? "text-embedding-3-small", input = values.ToArray() }),
            cancellationToken);
        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return new GeneratedEmbeddings<Embedding<float>>(json.GetProperty("data").EnumerateArray().Select(d =>
            new Embedding<float>(d.GetProperty("embedding").EnumerateArray().Select(f => f.GetSingle()).ToArray())))
        {
            Usage = new UsageDetails { InputTokenCount = json.GetProperty("usage").GetProperty("prompt_tokens").GetInt64() },
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai", server, "gpt-4o")
        : serviceType == typeof(EmbeddingGeneratorMetadata)
            ? new EmbeddingGeneratorMetadata("openai", server, "text-embedding-3-small")
        : serviceType == typeof(OpenAiClient) ? this : null;

    public void Dispose() => _http.Dispose();

    private static StringContent Json(object body) =>
        new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");

    private static object Request(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream) => new
    {
        model = options?.ModelId ?? "gpt-4o", stream,
        messages = messages.Select(m => new { role = m.Role.Value, content = m.Text }).ToArray(),
    };

    private static UsageDetails Usage(JsonElement usage) => new()
    {
        InputTokenCount = usage.GetProperty("prompt_tokens").GetInt64(),
        OutputTokenCount = usage.GetProperty("completion_tokens").GetInt64(),
        CachedInputTokenCount = usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt64(),
        ReasoningTokenCount = usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt64(),
    };
}
