using Microsoft.Extensions.Caching.Distributed;
#if NET9_0_OR_GREATER
using Microsoft.Extensions.Caching.Hybrid;
#endif
using TocsinSdk;
using TocsinSdk.AspNetCore.Metrics;

namespace Microsoft.Extensions.Caching.Memory;

/// <summary>Counts hits and misses of caches: cache_hits_total and cache_misses_total with cache_name.</summary>
public static class TocsinCacheExtensions
{
    /// <summary>
    /// Shows the cache's own statistics, and its entries and size; the cache needs
    /// <see cref="MemoryCacheOptions.TrackStatistics"/>. Of two caches of one name the later is shown.
    /// </summary>
    /// <returns>The cache itself.</returns>
    public static IMemoryCache Measured(this IMemoryCache cache, string name)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(name);
        MeasuredMemoryCaches.Add(cache, name);
        return cache;
    }

    /// <summary>A cache that counts what is asked of the given one.</summary>
    public static IDistributedCache Measured(this IDistributedCache cache, string name)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return new MeasuredDistributedCache(cache, Tocsin.Cache(name));
    }

#if NET9_0_OR_GREATER
    /// <summary>A cache that counts what is asked of the given one: a miss is a value that had to be made.</summary>
    public static HybridCache Measured(this HybridCache cache, string name)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return new MeasuredHybridCache(cache, Tocsin.Cache(name));
    }
#endif
}
