using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Memory;

namespace TocsinSdk.AspNetCore.Metrics;

/// <summary>Reads the statistics that memory caches keep themselves; a cache that is gone is forgotten.</summary>
internal static class MeasuredMemoryCaches
{
    private const int Max = 100;

    private static readonly Lock s_lock = new();
    private static readonly List<(WeakReference<IMemoryCache> Cache, KeyValuePair<string, object?> Name)> s_caches = [];
    private static Meter? s_meter;

    public static void Add(IMemoryCache cache, string name)
    {
        lock (s_lock)
        {
            s_caches.RemoveAll(c => !c.Cache.TryGetTarget(out var known) || ReferenceEquals(known, cache)
                || name.Equals(c.Name.Value));
            if (s_caches.Count < Max)
                s_caches.Add((new(cache), new("cache.name", name)));
            if (s_meter is null)
                CreateInstruments(s_meter = new Meter("Tocsin.MemoryCache"));
        }
    }

    private static void CreateInstruments(Meter meter)
    {
        meter.CreateObservableCounter("cache.hits", static () => Read(static s => s.TotalHits), "{hit}",
            "What was asked of a cache and found");
        meter.CreateObservableCounter("cache.misses", static () => Read(static s => s.TotalMisses), "{miss}",
            "What was asked of a cache and not found");
        meter.CreateObservableUpDownCounter("cache.entries", static () => Read(static s => s.CurrentEntryCount),
            "{entry}", "Entries of a cache");
        meter.CreateObservableUpDownCounter("cache.size", static () => Read(static s => s.CurrentEstimatedSize), null,
            "Sum of the sizes the entries of a cache were given");
    }

    private static List<Measurement<long>> Read(Func<MemoryCacheStatistics, long?> value)
    {
        lock (s_lock)
        {
            var measured = new List<Measurement<long>>(s_caches.Count);
            foreach (var (cache, name) in s_caches)
                if (cache.TryGetTarget(out var known) && Statistics(known) is { } statistics
                    && value(statistics) is { } number)
                    measured.Add(new(number, name));
            return measured;
        }
    }

    private static MemoryCacheStatistics? Statistics(IMemoryCache cache)
    {
        try
        {
            return cache.GetCurrentStatistics();
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
