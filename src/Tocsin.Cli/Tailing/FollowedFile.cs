using Microsoft.Win32.SafeHandles;

namespace Tocsin.Cli.Tailing;

/// <summary>
/// One file that is read as it grows. It is held open, so it is read to its end although it was renamed or deleted.
/// </summary>
internal sealed class FollowedFile : IDisposable
{
    // A line of this length is cut; the rest of it is passed over.
    private const int MaxLine = 1 << 20;
    private const int ReadBytes = 256 << 10;

    private readonly SafeFileHandle _handle;
    private readonly TailSettings _settings;
    private readonly LineJoiner _joiner = new();
    private byte[] _buffer = new byte[ReadBytes];
    private int _filled;
    private long _read;
    private long _handedOut;
    private bool _skipping;
    private DateTimeOffset _grown;
    private LineFormat _format;
    private Fingerprint _fingerprint;

    private FollowedFile(string path, SafeFileHandle handle, FileIdentity identity, TailSettings settings, DateTimeOffset now)
    {
        (Path, _handle, Identity, _settings, _grown) = (path, handle, identity, settings, now);
        _format = settings.Format;
    }

    public string Path { get; set; }

    public FileIdentity Identity { get; }

    /// <summary>No longer at its path.</summary>
    public bool Rotated { get; set; }

    /// <summary>Everything before it is on the server.</summary>
    public long Acknowledged { get; private set; }

    public LineFormat Format => _format;

    /// <summary>Null when it cannot be opened (any more).</summary>
    public static FollowedFile? Open(string path, TailSettings settings, DateTimeOffset now)
    {
        try
        {
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (FileIdentity.Of(handle, path) is { } identity)
                return new FollowedFile(path, handle, identity, settings, now);
            handle.Dispose();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Not there or not ours to read; looked at again in the next round.
        }
        return null;
    }

    /// <summary>Whether the position speaks of this file's content.</summary>
    public bool Fits(Position position) => position.Offset <= RandomAccess.GetLength(_handle)
        && new Fingerprint(position.FingerprintLength, position.Fingerprint).Fits(_handle);

    public void StartAt(long offset)
    {
        _read = _handedOut = Acknowledged = offset;
        _filled = 0;
        _fingerprint = Fingerprint.Of(_handle);
    }

    public void StartAtEnd() => StartAt(RandomAccess.GetLength(_handle));

    public Position Position()
    {
        // Grows with the file, but never onto content that replaced what was read.
        if (_fingerprint.Length < Fingerprint.MaxLength && _fingerprint.Fits(_handle))
            _fingerprint = Fingerprint.Of(_handle);
        return new Position(Path, Identity.Device, Identity.Inode, Acknowledged, _fingerprint.Length, _fingerprint.Hash);
    }

    /// <summary>Reads on until the batch is full or the file ends.</summary>
    public void Fill(TailBatch batch, DateTimeOffset now)
    {
        while (!batch.IsFull && ReadMore(batch, now))
            TakeLines(batch);
        if (_joiner.HasOpen && now - _grown >= _settings.JoinWait)
            FlushJoiner(batch);
    }

    /// <summary>Whether it was rotated and has not grown for a while.</summary>
    public bool IsFinished(DateTimeOffset now) =>
        Rotated && now - _grown >= _settings.RotatedWait && _read >= RandomAccess.GetLength(_handle);

    /// <summary>Hands out what is left, a last line without its end as well.</summary>
    public void Finish(TailBatch batch)
    {
        if (_filled > 0 && !_skipping)
            AddLine(_buffer.AsSpan(0, _filled), _read - _filled, batch);
        _filled = 0;
        FlushJoiner(batch);
        _handedOut = _read;
    }

    /// <summary>What was handed out is on the server.</summary>
    public void Acknowledge() => Acknowledged = _handedOut;

    public void Dispose() => _handle.Dispose();

    private bool ReadMore(TailBatch batch, DateTimeOffset now)
    {
        long length = RandomAccess.GetLength(_handle);
        if (length == _read)
            return false;
        if (length < _read || !_fingerprint.Fits(_handle))
        {
            // Truncated in place, perhaps written anew: what was read and not yet complete is all there will be of it.
            Finish(batch);
            StartAt(0);
        }
        if (_filled == _buffer.Length)
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        int read = RandomAccess.Read(_handle, _buffer.AsSpan(_filled), _read);
        if (read == 0)
            return false;
        if (_fingerprint.Length == 0)
            _fingerprint = Fingerprint.Of(_handle);
        _filled += read;
        _read += read;
        _grown = now;
        return true;
    }

    private void TakeLines(TailBatch batch)
    {
        int at = 0;
        while (true)
        {
            int end = _buffer.AsSpan(at, _filled - at).IndexOf((byte)'\n');
            if (end < 0)
                break;
            if (!_skipping)
                AddLine(_buffer.AsSpan(at, end), _read - _filled + at, batch);
            _skipping = false;
            at += end + 1;
        }
        _buffer.AsSpan(at, _filled - at).CopyTo(_buffer);
        _filled -= at;
        if (_filled >= MaxLine)
        {
            if (!_skipping)
                AddLine(_buffer.AsSpan(0, MaxLine), _read - _filled, batch);
            _skipping = true;
            _filled = 0;
        }
        _handedOut = _joiner.HasOpen ? _joiner.OpenStart : _read - _filled;
    }

    private void AddLine(ReadOnlySpan<byte> line, long start, TailBatch batch)
    {
        line = line.TrimEnd("\r"u8);
        if (start == 0 && line.StartsWith("\uFEFF"u8))
            line = line["\uFEFF"u8.Length..];
        if (line.IsEmpty)
            return;
        if (_format == LineFormat.Auto)
            _format = LineFormats.Detect(line);
        _joiner.Add(line, start, RecordText.IsSingle(line, _format), record => batch.Add(RecordText.Encode(record, _format)));
    }

    private void FlushJoiner(TailBatch batch)
    {
        _joiner.Flush(record => batch.Add(RecordText.Encode(record, _format)));
        _handedOut = _read - _filled;
    }
}
