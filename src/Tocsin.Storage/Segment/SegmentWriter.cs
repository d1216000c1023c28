using Tocsin.Model;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Writes sorted rows of one dataset and day into a new segment file: under a temporary name, synced, renamed, and the
/// folders synced. The segment counts only once the manifest lists it. One thread.
/// </summary>
internal sealed class SegmentWriter(IFileSystem files, string eventsFolder, int blockRows = Limits.BlockRows)
{
    private readonly BlockWriter _blocks = new();
    private readonly ByteBuffer _edges = new();

    /// <param name="rows">At least one row; sorted here.</param>
    /// <param name="done">Told now and then how many of the rows are as good as written; may be null.</param>
    public void Write(
        ulong id, Dataset dataset, DateOnly day, RowTable rows, ulong fromSequence, ulong toSequence,
        IReadOnlyList<ulong> replaced, string retentionClass = "", Action<int>? done = null)
    {
        rows.Sort();
        string datasetFolder = Path.Combine(eventsFolder, FileNames.Folder(dataset), retentionClass);
        string folder = Path.Combine(datasetFolder, FileNames.Day(day));
        files.CreateDirectory(folder);
        string path = Path.Combine(folder, FileNames.Segment(id));
        string temporary = path + FileNames.TemporaryExtension;
        using (IFile file = files.Create(temporary))
        {
            var footer = new SegmentFooter
            {
                Id = id, Dataset = dataset, Day = day, FromSequence = fromSequence, ToSequence = toSequence,
                Replaced = replaced, Blocks = [], Streams = rows.Streams,
            };
            WriteContent(file, rows, footer, done);
            file.Sync();
        }
        files.Rename(temporary, path);
        files.SyncDirectory(folder);
        files.SyncDirectory(datasetFolder);
        if (retentionClass.Length > 0)
            files.SyncDirectory(Path.GetDirectoryName(datasetFolder)!);
        files.SyncDirectory(eventsFolder);
    }

    private void WriteContent(IFile file, RowTable rows, SegmentFooter footer, Action<int>? done)
    {
        _edges.Clear();
        SegmentFooter.WriteHeader(_edges);
        file.Write(0, _edges.Span);
        long offset = _edges.Length;
        var headers = new List<BlockHeader>();
        for (int start = 0; start < rows.Count;)
        {
            int count = BlockEnd(rows, start) - start;
            int before = start;
            headers.Add(_blocks.Write(rows, start, count, offset, done is null ? null : some => done(before + some)));
            file.Write(offset, _blocks.Block.Span);
            offset += _blocks.Block.Length;
            start += count;
        }
        _edges.Clear();
        (footer with { Blocks = headers }).Write(_edges, offset);
        file.Write(offset, _edges.Span);
    }

    /// <summary>Blocks of about the same size, none beyond the limits.</summary>
    private int BlockEnd(RowTable rows, int start)
    {
        int left = rows.Count - start;
        int blocks = (left + blockRows - 1) / blockRows;
        int most = start + (left + blocks - 1) / blocks;
        int end = start;
        for (long bytes = 0; end < most; end++)
        {
            bytes += rows.LengthOf(end);
            if (bytes > Limits.BlockBytes && end > start)
                break;
        }
        return end;
    }
}
