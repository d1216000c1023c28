using Tocsin.Storage.Care;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Wal;

namespace Tocsin.Storage;

/// <summary>One moment's state for a backup.</summary>
internal sealed partial class Upkeep
{
    /// <summary>
    /// While the log is taken over nothing is sealed, merged or dropped, so that manifest, tombstones and log fit together;
    /// appends go on. From then on the snapshot keeps the segments on disk.
    /// </summary>
    public BackupSource BeginBackup(WalWriter wal, Action<string, long> takeLog)
    {
        lock (_work)
        {
            Snapshot now = _live.Acquire();
            try
            {
                var manifest = new Manifest(_coveredSequence, _nextSegmentId, [.. now.Segments.Select(s => s.Entry())]);
                var contents = new Dictionary<string, byte[]> { [FileNames.Manifest] = manifest.Encode() };
                if (_nextTombstone > 1)
                    contents[FileNames.Tombstones] = new TombstoneFile(_nextTombstone, now.Tombstones).Encode();
                foreach (WalFile file in wal.Files)
                    takeLog(Path.Combine(FileNames.WalFolder, FileNames.Wal(file.Number)), file.Bytes);
                return new BackupSource(now.Release)
                {
                    Directory = _options.Directory, Contents = contents,
                    Segments = [.. manifest.Entries.Select(e => e.PathIn(FileNames.EventsFolder))],
                    Problems = [.. _unreadable.Select(e => $"{e.PathIn(FileNames.EventsFolder)} cannot be read")],
                };
            }
            catch
            {
                now.Release();
                throw;
            }
        }
    }
}
