namespace Tocsin.Protocols.Shared;

/// <summary>Trace and span ids as they stand in text: hexadecimal digits of any case.</summary>
internal static class HexId
{
    public const int TraceBytes = 16, SpanBytes = 8;

    /// <summary>The id, written into <paramref name="id"/>; empty when the text is not one of this length.</summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> hex, Span<byte> id)
    {
        if (hex.Length != 2 * id.Length)
            return default;
        bool zero = true;
        for (int i = 0; i < id.Length; i++)
        {
            int high = Digit(hex[2 * i]), low = Digit(hex[2 * i + 1]);
            if ((high | low) < 0)
                return default;
            id[i] = (byte)(high << 4 | low);
            zero &= id[i] == 0;
        }
        return zero ? default : id;
    }

    /// <summary>0 to 15, or -1.</summary>
    public static int Digit(byte hex) => hex switch
    {
        >= (byte)'0' and <= (byte)'9' => hex - '0',
        >= (byte)'a' and <= (byte)'f' => hex - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => hex - 'A' + 10,
        _ => -1,
    };
}
