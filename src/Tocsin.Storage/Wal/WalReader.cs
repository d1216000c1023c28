using System.Buffers;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Wal;

/// <summary>Walks the frames of one log file and steps over damage.</summary>
internal sealed class WalReader : IDisposable
{
    private const int SearchWindow = 64 * 1024;
    private readonly IFile _file;
    private readonly long _length;
    private readonly uint _salt;
    private readonly byte[] _header = new byte[WalFormat.FrameHeaderLength];
    private byte[] _payload = ArrayPool<byte>.Shared.Rent(SearchWindow);
    private long _position = WalFormat.HeaderLength;
    private ulong _leastSequence;

    public WalReader(IFile file)
    {
        _file = file;
        _length = file.Length;
        Span<byte> header = stackalloc byte[WalFormat.HeaderLength];
        header = header[..file.Read(0, header)];
        HasHeader = WalFormat.TryReadHeader(header, out _salt);
    }

    /// <summary>False when neither copy of the file header is right; then there are no frames.</summary>
    public bool HasHeader { get; }

    public ulong FirstSequence { get; private set; }

    /// <summary>The current frame's payload. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>Where the last good frame ends.</summary>
    public long GoodEnd { get; private set; } = WalFormat.HeaderLength;

    /// <summary>Damaged stretches that have good frames behind them.</summary>
    public int DamagedStretches { get; private set; }

    /// <summary>Where the first of them begins; -1 when there is none.</summary>
    public long FirstDamage { get; private set; } = -1;

    /// <summary>Bytes after the last good frame. Meaningful after the last <see cref="MoveNext"/>.</summary>
    public long TrailingBytes => Math.Max(0, _length - GoodEnd);

    public bool MoveNext()
    {
        if (!HasHeader || _position >= _length)
            return false;
        long expected = _position;
        if (!TryFrame(_position) && !FindFrame())
        {
            _position = _length;
            return false;
        }
        if (_position != expected && FirstDamage < 0)
            FirstDamage = expected;
        _position += WalFormat.FrameHeaderLength + Payload.Length;
        GoodEnd = _position;
        _leastSequence = FirstSequence;
        return true;
    }

    public void Dispose()
    {
        byte[] payload = Interlocked.Exchange(ref _payload, []);
        if (payload.Length > 0)
            ArrayPool<byte>.Shared.Return(payload);
    }

    private bool TryFrame(long at)
    {
        long room = _length - at - WalFormat.FrameHeaderLength;
        if (room < 0 || _file.Read(at, _header) < _header.Length
            || !WalFormat.TryReadFrameHeader(_header, room, out int length, out ulong sequence)
            || sequence < _leastSequence)
            return false;
        if (_payload.Length < length)
        {
            ArrayPool<byte>.Shared.Return(_payload);
            _payload = ArrayPool<byte>.Shared.Rent(length);
        }
        Span<byte> payload = _payload.AsSpan(0, length);
        if (_file.Read(at + WalFormat.FrameHeaderLength, payload) < length
            || !WalFormat.CrcIsRight(_header, payload, _salt))
            return false;
        FirstSequence = sequence;
        Payload = _payload.AsMemory(0, length);
        _position = at;
        return true;
    }

    private bool FindFrame()
    {
        byte[] window = ArrayPool<byte>.Shared.Rent(SearchWindow);
        try
        {
            int overlap = WalFormat.FrameMagic.Length - 1;
            for (long at = _position + 1; at < _length; at += SearchWindow - overlap)
            {
                ReadOnlySpan<byte> bytes = window.AsSpan(0, _file.Read(at, window.AsSpan(0, SearchWindow)));
                for (int from = 0, hit; (hit = bytes[from..].IndexOf(WalFormat.FrameMagic)) >= 0; from += hit + 1)
                {
                    if (!TryFrame(at + from + hit))
                        continue;
                    DamagedStretches++;
                    return true;
                }
            }
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }
}
