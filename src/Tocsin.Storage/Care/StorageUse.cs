using Tocsin.Model;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Care;

/// <summary>What the segments of one class of a dataset hold. Rows that are still in memory count nowhere.</summary>
/// <param name="Class">Empty for rows in no class.</param>
/// <param name="FirstDay">Of the oldest segment.</param>
/// <param name="LastDay">Of the newest segment.</param>
public sealed record StorageUse(
    Dataset Dataset, string Class, int Segments, long Rows, long Bytes, DateOnly FirstDay, DateOnly LastDay)
{
    internal static IReadOnlyList<StorageUse> Of(IEnumerable<SegmentFile> segments) =>
    [
        .. segments.GroupBy(s => (s.Footer.Dataset, Class: s.Class())).OrderBy(g => g.Key.Dataset).ThenBy(g => g.Key.Class, StringComparer.Ordinal)
            .Select(g => new StorageUse(
                g.Key.Dataset, g.Key.Class, g.Count(), g.Sum(s => s.Rows), g.Sum(s => s.Length), g.Min(s => s.Footer.Day), g.Max(s => s.Footer.Day))),
    ];
}
