using System.Text.Json;
using Tocsin.Alerting;
using Tocsin.Catalog;
using Tocsin.Model.Alerts;
using Tocsin.Storage.Care;

namespace Tocsin.Server.Care;

/// <summary>What the watch looks at.</summary>
/// <param name="FreeBytes">Of the disk that holds the data.</param>
/// <param name="Damage">Known damaged places.</param>
/// <param name="Scrubbed">True when all segments were gone through since the start.</param>
internal readonly record struct StorageState(long FreeBytes, IReadOnlyList<Damage> Damage, bool Scrubbed);

/// <summary>Rings when the disk fills up, before writes are refused, and when stored bytes are found damaged: once, not with every look.</summary>
internal sealed class StorageWatch(CatalogDatabase catalog, AlertInbox inbox, Func<StorageState> look, string data, long minFreeBytes, TimeProvider clock)
{
    /// <summary>Below this many times what has to stay free, people are told; above the second figure it is over.</summary>
    public const int WarnAt = 4, OverAt = 5;

    private const string DiskType = "disk_filling", DamageType = "storage_damage";
    private const int PlacesShown = 10;
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(30);

    private readonly HashSet<Damage> _told = [];
    private int? _disk;

    // An earlier run may have left an alert open, which only a whole pass without damage ends.
    private bool _maybeOpen = true;

    public async Task Run(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(s_every, clock);
        try
        {
            do
            {
                try
                {
                    await Look(cancel);
                }
                catch (Exception trouble) when (trouble is CatalogWriteException or IOException)
                {
                    await Console.Error.WriteLineAsync($"tocsin: watch of the storage: {trouble.Message}");
                }
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>One look. What could not be written down is tried again with the next.</summary>
    public async Task Look(CancellationToken cancel)
    {
        StorageState state = look();
        await Disk(state.FreeBytes, cancel);
        await Damaged(state, cancel);
    }

    private async Task Disk(long free, CancellationToken cancel)
    {
        int level = free < minFreeBytes ? 2 : free < WarnAt * minFreeBytes ? 1 : free < OverAt * minFreeBytes ? Math.Min(_disk ?? 0, 1) : 0;
        if (level == _disk)
            return;
        if (level == 0)
            await catalog.Write(tx => inbox.Resolve(tx, $"{DiskType}:{data}", "tocsin", $"{free >> 20} MiB are free."), cancel);
        else if (level > (_disk ?? 0))
            await catalog.Write(tx => inbox.Raise(tx, DiskProposal(level, free)), cancel);
        _disk = level;
    }

    private AlertProposal DiskProposal(int level, long free) => new()
    {
        Type = DiskType, Resource = data, Category = AlertCategory.System,
        Priority = level == 2 ? AlertPriority.Critical : AlertPriority.High,
        Title = level == 2 ? "The disk of Tocsin's data is full: writes are refused" : "The disk of Tocsin's data fills up",
        Message = $"{free >> 20} MiB are free where {data} lies; below {minFreeBytes >> 20} MiB records are refused with 503. Reads go on.",
        Recommendations =
        [
            "Make room on the disk, or enlarge it.",
            "Keep less: shorter retention, or a budget with retention.max_bytes.",
        ],
    };

    private async Task Damaged(StorageState state, CancellationToken cancel)
    {
        if (state.Damage.Count > 0)
        {
            if (state.Damage.All(_told.Contains))
                return;
            await catalog.Write(tx => inbox.Raise(tx, DamageProposal(state.Damage)), cancel);
            _told.UnionWith(state.Damage);
            _maybeOpen = true;
        }
        else if (_maybeOpen && (_told.Count > 0 || state.Scrubbed))
        {
            await catalog.Write(tx => inbox.Resolve(tx, $"{DamageType}:{data}", "tocsin", "No damaged place is left in segments in use."), cancel);
            _told.Clear();
            _maybeOpen = false;
        }
    }

    private AlertProposal DamageProposal(IReadOnlyList<Damage> damage) => new()
    {
        Type = DamageType, Resource = data, Category = AlertCategory.System, Priority = AlertPriority.High,
        Title = $"{damage.Count} damaged places in stored records",
        Message = $"Bytes below {data} are not as they were written: {string.Join("; ", damage.Take(PlacesShown))}. "
            + "What they held is left out of answers, which say so; everything else is served.",
        Metadata = new Dictionary<string, JsonElement>
        {
            ["places"] = JsonSerializer.SerializeToElement(damage.Take(PlacesShown).Select(d => new { file = d.File, offset = d.Offset, problem = d.Problem })),
        },
        Recommendations =
        [
            "Look at the disk: SMART figures, the kernel's log. Damage seldom stays alone.",
            "Run tocsin verify for the whole list; copy the named files from a backup that tocsin verify finds sound, with the server stopped.",
        ],
    };
}
