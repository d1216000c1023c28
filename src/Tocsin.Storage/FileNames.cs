using System.Globalization;
using Tocsin.Model;

namespace Tocsin.Storage;

/// <summary>Every file and folder name of the event store.</summary>
internal static class FileNames
{
    public const string Lock = "lock";
    public const string Manifest = "manifest";
    public const string Catalog = "catalog.db";
    public const string Restoring = "restoring";
    public const string Tombstones = "tombstones";
    public const string WalFolder = "wal";
    public const string EventsFolder = "events";
    public const string WalExtension = ".wal";
    public const string SegmentExtension = ".seg";
    public const string TemporaryExtension = ".tmp";
    private const string DayFormat = "yyyy-MM-dd";

    public static string Wal(ulong number) => $"{number:x16}{WalExtension}";

    public static string Segment(ulong id) => $"{id:x16}{SegmentExtension}";

    public static string Folder(Dataset dataset) => dataset switch
    {
        Dataset.Logs => "logs",
        Dataset.Spans => "spans",
        _ => $"dataset-{(byte)dataset}",
    };

    /// <summary>True for every name that <see cref="Folder"/> can give.</summary>
    public static bool IsDatasetFolder(string name) =>
        name is "logs" or "spans" || name.StartsWith("dataset-", StringComparison.Ordinal);

    public static string Day(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    public static bool TryDay(string name, out DateOnly day) =>
        DateOnly.TryParseExact(name, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    public static bool TryNumber(string name, string extension, out ulong number)
    {
        number = 0;
        return name.Length == 16 + extension.Length && name.EndsWith(extension, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out number);
    }
}
