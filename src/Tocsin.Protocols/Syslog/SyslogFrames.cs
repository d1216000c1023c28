using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Syslog;

/// <summary>
/// Cuts a byte stream into messages as RFC 6587 says: "123 &lt;34&gt;…" counts its octets, everything else ends with a line
/// feed (or NUL). Both may alternate on one connection.
/// </summary>
internal sealed class SyslogFrames(int maxBytes) : IDisposable
{
    private const int FirstBuffer = 16 * 1024, CountDigits = 7;
    private readonly PooledBytes _bytes = new();
    private int _start;

    // What is left of a message that is too long: so many bytes, or until its line ends.
    private long _skip;
    private bool _skipLine;

    /// <summary>Messages passed over because they are longer than the limit.</summary>
    public long TooLong { get; private set; }

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool HasRest => _start < _bytes.Length || _skip > 0;

    /// <summary>Room for the next read; afterwards call <see cref="Advance"/>.</summary>
    public Memory<byte> Space()
    {
        if (_start > 0)
        {
            _bytes.RemoveFirst(_start);
            _start = 0;
        }
        if (_bytes.Free.Length == 0)
            _bytes.Grow(Math.Max(FirstBuffer, 2 * _bytes.Capacity));
        return _bytes.Free;
    }

    public void Advance(int count) => _bytes.Advance(count);

    /// <summary>The next whole message, valid until the next call of <see cref="Space"/>.</summary>
    public bool Next(out ReadOnlySpan<byte> message)
    {
        while (true)
        {
            message = default;
            ReadOnlySpan<byte> rest = _bytes.Span[_start..];
            if (!Skip(ref rest) || rest.IsEmpty)
                return false;
            int head = CountLength(rest, out int octets);
            if (head < 0)
                return false;
            if (head > 0 ? NextCounted(rest, head, octets, ref message) : NextLine(rest, ref message))
            {
                if (message.IsEmpty)
                    continue;
                return true;
            }
            if (_skip == 0 && !_skipLine)
                return false;
        }
    }

    /// <summary>What stands without an end when the connection closes; a counted message cut short is none.</summary>
    public ReadOnlySpan<byte> Last()
    {
        ReadOnlySpan<byte> rest = _bytes.Span[_start..];
        return _skip > 0 || _skipLine || CountLength(rest, out _) != 0 ? default : rest;
    }

    public void Dispose() => _bytes.Dispose();

    // 0: not counted; -1: not enough bytes to tell.
    private static int CountLength(ReadOnlySpan<byte> rest, out int octets)
    {
        octets = 0;
        int digits = 0;
        while (digits < rest.Length && digits <= CountDigits && rest[digits] is >= (byte)'0' and <= (byte)'9')
            digits++;
        if (digits == 0 || digits > CountDigits || rest[0] == '0')
            return 0;
        if (digits == rest.Length)
            return -1;
        if (rest[digits] != ' ')
            return 0;
        if (digits + 1 == rest.Length)
            return -1;
        octets = TimeText.Digits(rest[..digits]);
        return rest[digits + 1] == '<' ? digits + 1 : 0;
    }

    private bool NextCounted(ReadOnlySpan<byte> rest, int head, int octets, ref ReadOnlySpan<byte> message)
    {
        if (octets > maxBytes)
        {
            TooLong++;
            _start += head;
            _skip = octets;
            return false;
        }
        if (rest.Length - head < octets)
            return false;
        message = rest.Slice(head, octets);
        _start += head + octets;
        return true;
    }

    private bool NextLine(ReadOnlySpan<byte> rest, ref ReadOnlySpan<byte> message)
    {
        int end = rest.IndexOfAny((byte)'\n', (byte)0);
        if ((end < 0 ? rest.Length : end) > maxBytes)
        {
            TooLong++;
            _skipLine = true;
            return false;
        }
        if (end < 0)
            return false;
        message = rest[..end].TrimEnd((byte)'\r');
        _start += end + 1;
        return true;
    }

    // False while a message that is too long goes on.
    private bool Skip(scoped ref ReadOnlySpan<byte> rest)
    {
        if (_skip > 0)
        {
            int part = (int)Math.Min(_skip, rest.Length);
            _skip -= part;
            _start += part;
            rest = rest[part..];
            return _skip == 0;
        }
        if (!_skipLine)
            return true;
        int end = rest.IndexOfAny((byte)'\n', (byte)0);
        _start = end < 0 ? _bytes.Length : _start + end + 1;
        _skipLine = end < 0;
        rest = _bytes.Span[_start..];
        return !_skipLine;
    }
}
