using Microsoft.Extensions.Caching.Distributed;

namespace TocsinSdk.AspNetCore.Metrics;

/// <summary>Counts hits and misses of the cache behind it.</summary>
internal sealed class MeasuredDistributedCache(IDistributedCache inner, CacheCounts counts) : IDistributedCache
{
    public byte[]? Get(string key) => Counted(inner.Get(key));

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        Counted(await inner.GetAsync(key, token).ConfigureAwait(false));

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => inner.Set(key, value, options);

    public Task SetAsync(
        string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        inner.SetAsync(key, value, options, token);

    public void Refresh(string key) => inner.Refresh(key);
    public Task RefreshAsync(string key, CancellationToken token = default) => inner.RefreshAsync(key, token);
    public void Remove(string key) => inner.Remove(key);
    public Task RemoveAsync(string key, CancellationToken token = default) => inner.RemoveAsync(key, token);

    private byte[]? Counted(byte[]? value)
    {
        if (value is null)
            counts.Miss();
        else
            counts.Hit();
        return value;
    }
}
