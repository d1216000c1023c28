using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using TocsinSdk.AI;

namespace TocsinSdk;

/// <summary>
/// Measures the calls that go through a chat client: span "chat model", duration, tokens, cost, time to the first chunk
/// and between chunks, record llm_call_completed or llm_call_failed. Exceptions pass unchanged. What is said is kept
/// only with <see cref="GenAiOptions.CaptureContent"/>.
/// </summary>
/// <param name="innerClient">Makes the calls; disposed with this one.</param>
public sealed class TocsinChatClient(IChatClient innerClient) : DelegatingChatClient(innerClient)
{
    private readonly ChatClientMetadata? _about =
        innerClient.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;

    // A second TocsinChatClient further in measures already.
    private readonly bool _nested = innerClient.GetService(typeof(TocsinChatClient)) is not null;

    private readonly bool _measuredInside =
        Calls.AreMeasuredBy(innerClient.GetService(typeof(System.Diagnostics.ActivitySource)));

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (_nested)
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        using var call = Begin(ref messages, options);
        try
        {
            var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            call.Answered(response.ModelId, response.ResponseId, response.FinishReason?.Value);
            Calls.Usage(call, response.Usage);
            if (call.Keeps)
                call.Output(Transcript.Of(response.Messages));
            return response;
        }
        catch (Exception e)
        {
            call.Fail(e);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_nested)
        {
            await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken)
                .ConfigureAwait(false))
                yield return update;
            yield break;
        }
        using var call = Begin(ref messages, options);
        var answer = new StreamedAnswer(call);
        var updates = Started(call, messages, options, cancellationToken);
        await using var disposing = updates.ConfigureAwait(false);
        while (await Next(call, updates).ConfigureAwait(false))
        {
            answer.Take(updates.Current);
            yield return updates.Current;
        }
        answer.Complete();
    }

    // The span of the call is current until the first chunk, so what the client does belongs to it; an iterator cannot
    // catch around its yields, so the two places that can fail are methods.
    private IAsyncEnumerator<ChatResponseUpdate> Started(
        ModelCall call, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            return base.GetStreamingResponseAsync(messages, options, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
        }
        catch (Exception e)
        {
            call.Fail(e);
            throw;
        }
    }

    private static async ValueTask<bool> Next(ModelCall call, IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            call.Fail(e);
            throw;
        }
    }

    private ModelCall Begin(ref IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var call = Calls.Begin("chat", _about?.ProviderName, options?.ModelId ?? _about?.DefaultModelId,
            _about?.ProviderUri, _measuredInside);
        call.Span?.SetTag("gen_ai.request.temperature", options?.Temperature)
            .SetTag("gen_ai.request.max_tokens", options?.MaxOutputTokens)
            .SetTag("gen_ai.request.top_p", options?.TopP)
            .SetTag("gen_ai.conversation.id", options?.ConversationId);
        if (call.Keeps)
        {
            // Read once: the sequence may be one that cannot be read twice.
            messages = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
            call.Input(Transcript.Of(messages));
        }
        return call;
    }
}
