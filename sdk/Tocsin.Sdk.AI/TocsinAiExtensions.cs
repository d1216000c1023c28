using TocsinSdk;

// The namespace of the type it extends, so that applications need no using of their own.
namespace Microsoft.Extensions.AI;

/// <summary>Adds Tocsin to clients of language models.</summary>
public static class TocsinAiExtensions
{
    /// <summary>The client with its calls measured; see <see cref="TocsinChatClient"/>.</summary>
    /// <param name="client">Makes the calls.</param>
    public static IChatClient UseTocsin(this IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new TocsinChatClient(client);
    }

    /// <summary>The generator with its calls measured; see <see cref="TocsinEmbeddingGenerator{TInput, TEmbedding}"/>.</summary>
    /// <param name="generator">Makes the calls.</param>
    public static IEmbeddingGenerator<TInput, TEmbedding> UseTocsin<TInput, TEmbedding>(
        this IEmbeddingGenerator<TInput, TEmbedding> generator) where TEmbedding : Embedding
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new TocsinEmbeddingGenerator<TInput, TEmbedding>(generator);
    }
}
