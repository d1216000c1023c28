using System.Globalization;
using System.Text;

namespace TocsinSdk.Health.Redis;

/// <summary>
/// One reply of a Redis server, RESP 2: "+text", "-error", ":integer", "$length text". A null text is the null bulk
/// string. Arrays are no answer to anything asked here.
/// </summary>
internal readonly record struct RespReply(bool IsError, string? Text)
{
    /// <summary>Longest line, and longest bulk string, that is taken.</summary>
    public const int MaxLine = 4096, MaxBulk = 1 << 20;

    /// <summary>
    /// Reads one reply from the beginning of what has arrived; false when it is not all there yet.
    /// </summary>
    /// <exception cref="InvalidDataException">This is no such reply.</exception>
    public static bool TryRead(ReadOnlySpan<byte> arrived, out RespReply reply, out int consumed)
    {
        (reply, consumed) = (default, 0);
        var end = arrived.IndexOf("\r\n"u8);
        if (end < 0 && arrived.Length <= MaxLine)
            return false;
        if (end is < 1 or > MaxLine)
            throw new InvalidDataException("what answers there does not speak Redis's protocol");
        var line = arrived[1..end];
        switch (arrived[0])
        {
            case (byte)'+' or (byte)':':
                (reply, consumed) = (new RespReply(false, Encoding.UTF8.GetString(line)), end + 2);
                return true;
            case (byte)'-':
                (reply, consumed) = (new RespReply(true, Encoding.UTF8.GetString(line)), end + 2);
                return true;
            case (byte)'$':
                return TryReadBulk(arrived, line, end + 2, out reply, out consumed);
            default:
                throw new InvalidDataException("what answers there does not speak Redis's protocol");
        }
    }

    /// <summary>A command as an array of bulk strings.</summary>
    public static byte[] Command(params ReadOnlySpan<string> words)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words)
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static bool TryReadBulk(
        ReadOnlySpan<byte> arrived, ReadOnlySpan<byte> number, int start, out RespReply reply, out int consumed)
    {
        (reply, consumed) = (default, 0);
        if (!int.TryParse(Encoding.UTF8.GetString(number), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var length) || length is < -1 or > MaxBulk)
            throw new InvalidDataException("Redis announces a reply of a length that cannot be");
        if (length == -1)
        {
            (reply, consumed) = (new RespReply(false, null), start);
            return true;
        }
        if (arrived.Length < start + length + 2)
            return false;
        if (!arrived.Slice(start + length, 2).SequenceEqual("\r\n"u8))
            throw new InvalidDataException("a reply of Redis does not end where it said");
        reply = new RespReply(false, Encoding.UTF8.GetString(arrived.Slice(start, length)));
        consumed = start + length + 2;
        return true;
    }
}
