using System.Text;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Loki;

/// <summary>Reads labels as text, <c>{app="shop", path="a\"b"}</c>: values are quoted as in the Go language.</summary>
internal static class LokiLabels
{
    /// <summary>Adds each label to the stream; false when the text is malformed.</summary>
    public static bool Read(ReadOnlySpan<byte> text, ref LokiStream stream)
    {
        text = Trim(text);
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}')
            return false;
        text = Trim(text[1..^1]);
        while (!text.IsEmpty)
        {
            if (!ReadOne(ref text, ref stream))
                return false;
            text = Trim(text);
            if (text.IsEmpty)
                return true;
            if (text[0] != ',')
                return false;
            text = Trim(text[1..]);
        }
        return true;
    }

    private static bool ReadOne(scoped ref ReadOnlySpan<byte> text, ref LokiStream stream)
    {
        int equals = text.IndexOf((byte)'=');
        if (equals <= 0)
            return false;
        ReadOnlySpan<byte> name = Trim(text[..equals]);
        text = Trim(text[(equals + 1)..]);
        if (name.IsEmpty || text.IsEmpty || text[0] is not ((byte)'"' or (byte)'`'))
            return false;
        byte quote = text[0];
        int end = quote == '`' ? text[1..].IndexOf(quote) : End(text[1..]);
        if (end < 0)
            return false;
        ReadOnlySpan<byte> value = text.Slice(1, end);
        text = text[(end + 2)..];
        if (quote == '"' && value.Contains((byte)'\\'))
        {
            byte[] plain = new byte[value.Length];
            int length = Unquote(value, plain);
            if (length < 0)
                return false;
            value = plain.AsSpan(0, length);
        }
        stream.AddLabel(name, value);
        return true;
    }

    // Where the closing quote stands.
    private static int End(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
                return i;
            if (text[i] == '\\')
                i++;
        }
        return -1;
    }

    // The length of the plain text, or -1. Never longer than what is quoted.
    private static int Unquote(ReadOnlySpan<byte> quoted, Span<byte> plain)
    {
        int length = 0;
        for (int i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] != '\\')
            {
                plain[length++] = quoted[i];
                continue;
            }
            if (++i == quoted.Length)
                return -1;
            (int digits, int radix) = quoted[i] switch
            {
                (byte)'x' => (2, 16),
                (byte)'u' => (4, 16),
                (byte)'U' => (8, 16),
                >= (byte)'0' and <= (byte)'7' => (3, 8),
                _ => (0, 0),
            };
            if (digits == 0)
            {
                if (Simple(quoted[i]) is not { } letter)
                    return -1;
                plain[length++] = letter;
                continue;
            }
            int start = radix == 8 ? i : i + 1;
            if (Number(quoted, start, digits, radix) is not { } number)
                return -1;
            i = start + digits - 1;
            if (digits > 3)
                length += (Rune.IsValid(number) ? new Rune(number) : Rune.ReplacementChar).EncodeToUtf8(plain[length..]);
            else if (number <= byte.MaxValue)
                plain[length++] = (byte)number;
            else
                return -1;
        }
        return length;
    }

    private static byte? Simple(byte letter) => letter switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'t' => (byte)'\t',
        (byte)'r' => (byte)'\r',
        (byte)'a' => 7,
        (byte)'b' => 8,
        (byte)'f' => 12,
        (byte)'v' => 11,
        (byte)'\\' or (byte)'"' or (byte)'\'' => letter,
        _ => null,
    };

    private static uint? Number(ReadOnlySpan<byte> text, int start, int digits, int radix)
    {
        if (start + digits > text.Length)
            return null;
        ulong number = 0;
        foreach (byte digit in text.Slice(start, digits))
        {
            int value = HexId.Digit(digit);
            if (value < 0 || value >= radix)
                return null;
            number = number * (ulong)radix + (ulong)value;
        }
        return (uint)number;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);
}
