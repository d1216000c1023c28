using Tocsin.Ingest;

namespace Tocsin.Protocols.Syslog;

/// <summary>Structured data of RFC 5424: <c>[id name="value" …][id …]</c> or "-".</summary>
internal static class StructuredElements
{
    /// <summary>How much of the text is structured data; -1 when it does not begin with it.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return -1;
        if (text[0] == '-')
            return 1;
        int at = 0;
        while (at < text.Length && text[at] == '[')
        {
            int end = ElementEnd(text, at);
            if (end < 0)
                return -1;
            at = end;
        }
        return at > 0 ? at : -1;
    }

    /// <summary>Writes checked data as a map of maps.</summary>
    public static void Write(ReadOnlySpan<byte> data, IngestWriter writer)
    {
        if (!writer.BeginMap())
            return;
        while (!data.IsEmpty)
        {
            data = data[1..];
            int name = data.IndexOfAny((byte)' ', (byte)']');
            writer.Attribute(data[..name]);
            data = data[name..];
            bool open = writer.BeginMap();
            while (data[0] == ' ')
                WriteOne(ref data, open, writer);
            if (open)
                writer.EndMap();
            data = data[1..];
        }
        writer.EndMap();
    }

    private static void WriteOne(scoped ref ReadOnlySpan<byte> data, bool open, IngestWriter writer)
    {
        data = data[1..];
        int equals = data.IndexOf((byte)'=');
        ReadOnlySpan<byte> name = data[..equals];
        data = data[(equals + 2)..];
        int end = ValueEnd(data);
        if (open)
        {
            writer.Attribute(name);
            writer.String(Unescape(data[..end]));
        }
        data = data[(end + 1)..];
    }

    // Past the closing bracket, or -1.
    private static int ElementEnd(ReadOnlySpan<byte> text, int at)
    {
        int name = text[(at + 1)..].IndexOfAny(" ]\"="u8);
        if (name <= 0)
            return -1;
        at += 1 + name;
        while (at < text.Length && text[at] == ' ')
        {
            int equals = text[(at + 1)..].IndexOfAny(" ]\"="u8);
            at += 1 + equals;
            if (equals <= 0 || at + 1 >= text.Length || text[at] != '=' || text[at + 1] != '"')
                return -1;
            int end = ValueEnd(text[(at + 2)..]);
            if (end < 0)
                return -1;
            at += 2 + end + 1;
        }
        return at < text.Length && text[at] == ']' ? at + 1 : -1;
    }

    // Where the closing quote stands.
    private static int ValueEnd(ReadOnlySpan<byte> text)
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

    // Only \" \\ and \] are escapes; any other backslash is one.
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> value)
    {
        if (!value.Contains((byte)'\\'))
            return value;
        byte[] plain = new byte[value.Length];
        int length = 0;
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] is (byte)'"' or (byte)'\\' or (byte)']')
                i++;
            plain[length++] = value[i];
        }
        return plain.AsSpan(0, length);
    }
}
