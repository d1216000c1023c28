using Microsoft.Extensions.AI;
using TocsinSdk.AI;

namespace TocsinSdk;

/// <summary>
/// Measures the calls of an embedding generator as <see cref="TocsinChatClient"/> does those of a chat client: span
/// "embeddings model", duration, tokens, cost. What is embedded is never kept.
/// </summary>
/// <typeparam name="TInput">What is embedded, such as <see cref="string"/>.</typeparam>
/// <typeparam name="TEmbedding">Such as Embedding of float.</typeparam>
/// <param name="innerGenerator">Makes the calls; disposed with this one.</param>
public sealed class TocsinEmbeddingGenerator<TInput, TEmbedding>(IEmbeddingGenerator<TInput, TEmbedding> innerGenerator)
    : DelegatingEmbeddingGenerator<TInput, TEmbedding>(innerGenerator)
    where TEmbedding : Embedding
{
    private readonly EmbeddingGeneratorMetadata? _about =
        innerGenerator.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;

    private readonly bool _nested =
        innerGenerator.GetService(typeof(TocsinEmbeddingGenerator<TInput, TEmbedding>)) is not null;

    private readonly bool _measuredInside =
        Calls.AreMeasuredBy(innerGenerator.GetService(typeof(System.Diagnostics.ActivitySource)));

    /// <inheritdoc/>
    public override async Task<GeneratedEmbeddings<TEmbedding>> GenerateAsync(
        IEnumerable<TInput> values, EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        if (_nested)
            return await base.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
        using var call = Calls.Begin("embeddings", _about?.ProviderName, options?.ModelId ?? _about?.DefaultModelId,
            _about?.ProviderUri, _measuredInside);
        try
        {
            var embeddings = await base.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
            Calls.Usage(call, embeddings.Usage);
            return embeddings;
        }
        catch (Exception e)
        {
            call.Fail(e);
            throw;
        }
    }
}
