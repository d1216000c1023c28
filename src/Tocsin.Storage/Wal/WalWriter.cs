using System.Security.Cryptography;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Wal;

/// <summary>
/// Appends frames to the newest log file. Owned by the committer thread; the file list may be read by any.
/// </summary>
internal sealed class WalWriter : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly int _fileBytes;
    private readonly Lock _lock = new();
    private readonly List<WalFile> _closed;
    private readonly List<ReadOnlyMemory<byte>> _parts = [];
    private byte[] _headers = new byte[16 * WalFormat.FrameHeaderLength];
    private IFile? _file;
    private ulong _number;
    private uint _salt;
    private long _position;
    private ulong _startSequence, _endSequence;
    private ulong _endFileBefore;

    /// <param name="existing">Files of earlier runs, oldest first; they are never written to again.</param>
    public WalWriter(IFileSystem files, string folder, int fileBytes, IReadOnlyList<WalFile> existing)
    {
        _files = files;
        _folder = folder;
        _fileBytes = fileBytes;
        _closed = [.. existing];
        _number = existing.Count > 0 ? existing[^1].Number : 0;
    }

    public (int Files, long Bytes) Size
    {
        get
        {
            lock (_lock)
                return (_closed.Count + (_file is null ? 0 : 1), _closed.Sum(f => f.Bytes) + _position);
        }
    }

    /// <summary>Lowest sequence number that may stand in a file; the highest there is when there is no file.</summary>
    public ulong OldestSequence
    {
        get
        {
            lock (_lock)
                return _closed.Select(f => f.StartSequence).Append(_file is null ? ulong.MaxValue : _startSequence).Min();
        }
    }

    /// <summary>The next write begins a new file when the present one holds lower sequence numbers. Any thread.</summary>
    public void EndFileBefore(ulong sequence) => Volatile.Write(ref _endFileBefore, sequence);

    /// <summary>Every file and how long it is by now: whole frames, the last ones perhaps not synced yet.</summary>
    public IReadOnlyList<WalFile> Files
    {
        get
        {
            lock (_lock)
                return _file is null ? [.. _closed] : [.. _closed, new WalFile(_number, _startSequence, _endSequence, _position)];
        }
    }

    /// <summary>Writes one frame per batch. Nothing is promised before <see cref="Sync"/> returns.</summary>
    public void Write(IReadOnlyList<PendingAppend> group, ulong firstSequence)
    {
        if (_file is null || _position >= _fileBytes || _startSequence < Volatile.Read(ref _endFileBefore))
            StartFile(firstSequence);
        int need = group.Count * WalFormat.FrameHeaderLength;
        if (_headers.Length < need)
            _headers = new byte[Math.Max(need, _headers.Length * 2)];
        _parts.Clear();
        long bytes = 0;
        for (int i = 0; i < group.Count; i++)
        {
            Memory<byte> header = _headers.AsMemory(i * WalFormat.FrameHeaderLength, WalFormat.FrameHeaderLength);
            ReadOnlyMemory<byte> payload = group[i].Batch;
            WalFormat.WriteFrameHeader(header.Span, payload.Span, firstSequence, _salt);
            _parts.Add(header);
            _parts.Add(payload);
            bytes += header.Length + payload.Length;
            firstSequence += (ulong)group[i].Shape.Rows;
        }
        try
        {
            _file!.Write(_position, _parts);
        }
        catch (IOException error) when (FileErrors.IsDiskFull(error))
        {
            // Part of a frame may stand behind the last good one; the file goes on only without it.
            _file!.Truncate(_position);
            throw;
        }
        lock (_lock)
        {
            _position += bytes;
            _endSequence = firstSequence;
        }
    }

    public void Sync() => _file!.Sync();

    /// <summary>
    /// Deletes the files that hold nothing at or above the sequence number. Any thread, one at a time.
    /// </summary>
    public void DeleteBefore(ulong sequence)
    {
        List<WalFile> covered;
        lock (_lock)
            covered = _closed.FindAll(f => f.EndSequence <= sequence);
        foreach (WalFile file in covered)
            _files.Delete(Path.Combine(_folder, FileNames.Wal(file.Number)));
        if (covered.Count == 0)
            return;
        _files.SyncDirectory(_folder);
        lock (_lock)
            _closed.RemoveAll(covered.Contains);
    }

    public void Dispose() => _file?.Dispose();

    private void StartFile(ulong firstSequence)
    {
        IFile next = _files.Create(Path.Combine(_folder, FileNames.Wal(_number + 1)));
        try
        {
            uint salt = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
            byte[] header = new byte[WalFormat.HeaderLength];
            WalFormat.WriteHeader(header, _number + 1, salt);
            next.Write(0, header);
            next.Sync();
            _files.SyncDirectory(_folder);
            _salt = salt;
        }
        catch (IOException)
        {
            next.Dispose();
            throw;
        }
        lock (_lock)
        {
            if (_file is not null)
                _closed.Add(new WalFile(_number, _startSequence, _endSequence, _position));
            _startSequence = firstSequence;
            _file?.Dispose();
            _file = next;
            _number++;
            _position = WalFormat.HeaderLength;
        }
    }
}

/// <param name="StartSequence">The lowest sequence number inside.</param>
/// <param name="EndSequence">One above the highest sequence number inside.</param>
internal sealed record WalFile(ulong Number, ulong StartSequence, ulong EndSequence, long Bytes);
