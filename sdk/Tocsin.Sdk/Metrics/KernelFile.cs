using System.Buffers.Text;

namespace TocsinSdk.Metrics;

/// <summary>Reads the small text files of /proc and /sys without garbage.</summary>
internal static class KernelFile
{
    private const int Size = 64 * 1024;

    [ThreadStatic]
    private static byte[]? t_buffer;

    /// <summary>
    /// At most 64 KiB of the file, until the next read on this thread; empty when it is not there or may not be read.
    /// </summary>
    public static ReadOnlySpan<byte> Read(string path)
    {
        if (!File.Exists(path))
            return default;
        try
        {
            using var file = File.OpenHandle(path);
            var buffer = t_buffer ??= new byte[Size];
            var length = 0;
            while (length < buffer.Length && RandomAccess.Read(file, buffer.AsSpan(length), length) is > 0 and var read)
                length += read;
            return buffer.AsSpan(0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>The only number in a file; null when there is none, as where it says "max".</summary>
    public static long? Number(string path) => FirstNumber(Read(path));

    /// <summary>The number after a key at the beginning of a line: "VmRSS:   123 kB", "nr_throttled 4".</summary>
    public static long? Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        while (!text.IsEmpty)
        {
            if (text.StartsWith(key) && text.Length > key.Length && text[key.Length] is (byte)' ' or (byte)'\t')
                return FirstNumber(text[key.Length..]);
            var end = text.IndexOf((byte)'\n');
            text = end < 0 ? default : text[(end + 1)..];
        }
        return null;
    }

    /// <summary>The next word of a line, which is taken off it; empty at the end.</summary>
    public static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> line)
    {
        line = line.TrimStart(" \t"u8);
        var end = line.IndexOfAny((byte)' ', (byte)'\t');
        var word = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[end..];
        return word;
    }

    public static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return line;
    }

    public static long? FirstNumber(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text.TrimStart(" \t"u8), out long number, out _) ? number : null;
}
