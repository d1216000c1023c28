using TocsinSdk.Metrics;

namespace TocsinSdk;

/// <summary>Hits and misses of one cache, by <see cref="Tocsin.Cache"/>. Any thread.</summary>
/// <param name="Name">Which cache: a small fixed set of names.</param>
public readonly record struct CacheCounts(string Name)
{
    /// <summary>Something was asked for and found.</summary>
    public void Hit() => WorkMeters.CacheHits.Add(1, Tag);

    /// <summary>Something was asked for and not found.</summary>
    public void Miss() => WorkMeters.CacheMisses.Add(1, Tag);

    private KeyValuePair<string, object?> Tag => new("cache.name", Name);
}
