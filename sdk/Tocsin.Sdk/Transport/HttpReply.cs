using System.Globalization;
using System.Text;
using TocsinSdk.Delivery;

namespace TocsinSdk.Transport;

/// <summary>One HTTP/1.1 answer read from a stream: status, the few headers that matter, and a bounded body.</summary>
internal sealed class HttpReply(Stream stream, int limit)
{
    private const int MaxLine = 8 << 10, MaxHeaders = 200;

    private readonly byte[] _buffer = new byte[4096];
    private readonly StringBuilder _line = new();
    private int _at, _end;
    private int _status;
    private string _reason = "";
    private string? _retryAfter, _tag;
    private byte[] _body = [];

    /// <summary>The connection cannot be used again.</summary>
    public bool Closes { get; private set; }

    /// <exception cref="IOException">The answer is not HTTP, or ends too early.</exception>
    public HttpReply Read()
    {
        do
        {
            ReadStatus();
            ReadRest();
        }
        while (_status is >= 100 and < 200);
        return this;
    }

    public HttpAnswer ToAnswer() => _status is >= 200 and < 300
        ? new HttpAnswer(_status, "ok", null, PartialSuccess.Rejected(_body))
        : new HttpAnswer(_status, $"{_status} {_reason}".TrimEnd(), RetryAfter(_retryAfter, DateTimeOffset.UtcNow));

    public Document ToDocument() => new(_status, _tag, _body);

    /// <summary>Seconds, or a date.</summary>
    public static TimeSpan? RetryAfter(string? text, DateTimeOffset now)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var date) && date > now ? date - now : null;
    }

    private void ReadStatus()
    {
        var line = Line();
        if (!line.StartsWith("HTTP/1.", StringComparison.Ordinal) || line.Length < 12
            || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out _status))
            throw new IOException("the answer is not HTTP");
        _reason = line.Length > 13 ? line[13..] : "";
        Closes = line[7] == '0';
    }

    private void ReadRest()
    {
        var (length, chunked) = ((int?)null, false);
        for (var i = 0; ; i++)
        {
            var line = Line();
            if (line.Length == 0)
                break;
            if (i == MaxHeaders)
                throw new IOException("the answer has too many headers");
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..].Trim());
            if (Is(name, "Content-Length"))
                length = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    ? n : throw new IOException("the answer has a length that is no number");
            else if (Is(name, "Transfer-Encoding"))
                chunked = value.Contains("chunked", StringComparison.OrdinalIgnoreCase);
            else if (Is(name, "Connection"))
                Closes |= Is(value, "close");
            else if (Is(name, "Retry-After"))
                _retryAfter = value;
            else if (Is(name, "ETag"))
                _tag = value;
        }
        _body = _status is 204 or 304 or < 200 ? [] : chunked ? Chunks() : Body(length);
    }

    private static bool Is(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private byte[] Body(int? length)
    {
        if (length > limit || length is null)
        {
            // What it says is of no use; the next request takes a new connection.
            Closes = true;
            return [];
        }
        var body = new byte[length.Value];
        Fill(body);
        return body;
    }

    private byte[] Chunks()
    {
        var body = new List<byte>();
        while (true)
        {
            var size = Line().Split(';')[0].Trim();
            if (!int.TryParse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var n) || n < 0
                || n > limit - body.Count)
                throw new IOException("the answer's chunks are not HTTP, or too long");
            var chunk = new byte[n];
            Fill(chunk);
            body.AddRange(chunk);
            // The end of the chunk, or of the trailers.
            if (n > 0)
                _ = Line();
            else
                for (var i = 0; Line().Length > 0; i++)
                    if (i == MaxHeaders)
                        throw new IOException("the answer has too many trailers");
            if (n == 0)
                return [.. body];
        }
    }

    private string Line()
    {
        _line.Clear();
        while (true)
        {
            var b = Next();
            if (b == '\n')
                return _line.ToString().TrimEnd('\r');
            if (_line.Length == MaxLine)
                throw new IOException("the answer is not HTTP");
            _line.Append((char)b);
        }
    }

    private void Fill(Span<byte> to)
    {
        foreach (ref var b in to)
            b = Next();
    }

    private byte Next()
    {
        if (_at == _end)
        {
            (_at, _end) = (0, stream.Read(_buffer, 0, _buffer.Length));
            if (_end <= 0)
                throw new IOException("the server closed the connection");
        }
        return _buffer[_at++];
    }
}
