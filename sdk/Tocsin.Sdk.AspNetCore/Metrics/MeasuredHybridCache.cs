#if NET9_0_OR_GREATER
using Microsoft.Extensions.Caching.Hybrid;

namespace TocsinSdk.AspNetCore.Metrics;

/// <summary>Counts a miss when the value had to be made, else a hit.</summary>
internal sealed class MeasuredHybridCache(HybridCache inner, CacheCounts counts) : HybridCache
{
    public override async ValueTask<T> GetOrCreateAsync<TState, T>(string key, TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        var call = new Call<TState, T>(state, factory);
        var value = await inner.GetOrCreateAsync(key, call, static (call, cancel) => call.Make(cancel), options, tags,
            cancellationToken).ConfigureAwait(false);
        if (call.Made)
            counts.Miss();
        else
            counts.Hit();
        return value;
    }

    public override ValueTask SetAsync<T>(string key, T value, HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) =>
        inner.SetAsync(key, value, options, tags, cancellationToken);

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) =>
        inner.RemoveAsync(key, cancellationToken);

    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) =>
        inner.RemoveByTagAsync(tag, cancellationToken);

    private sealed class Call<TState, T>(TState state, Func<TState, CancellationToken, ValueTask<T>> factory)
    {
        public bool Made { get; private set; }

        public ValueTask<T> Make(CancellationToken cancel)
        {
            Made = true;
            return factory(state, cancel);
        }
    }
}
#endif
