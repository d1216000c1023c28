using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace TocsinSdk.Logging;

/// <summary>A growing run of UTF-8 bytes that is used again and again. One thread.</summary>
internal sealed class Utf8Text(int capacity)
{
    private static readonly SearchValues<byte> s_escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static c => (byte)c), (byte)'"', (byte)'\\', 0x7f]);

    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlySpan<byte> Slice(int at, int length) => new(_bytes, at, length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Bytes already written, to be written again.</summary>
    public Span<byte> Change(int at, int length) => _bytes.AsSpan(at, length);

    public void Clear(int keep = int.MaxValue)
    {
        Length = 0;
        if (_bytes.Length > keep)
            _bytes = new byte[capacity];
    }

    public void Truncate(int length) => Length = length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte one)
    {
        Room(1)[0] = one;
        Length++;
    }

    /// <summary>Inlined, so that a literal of known length is stored without a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Room(utf8.Length));
        Length += utf8.Length;
    }

    /// <summary>Lone surrogates become U+FFFD.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        Utf8.FromUtf16(text, Room(text.Length * 3), out _, out var written);
        Length += written;
    }

    public void Append<T>(T value, ReadOnlySpan<char> format = default) where T : IUtf8SpanFormattable
    {
        for (var room = 32; ; room *= 4)
        {
            if (value.TryFormat(Room(room), out var written, format, CultureInfo.InvariantCulture))
            {
                Length += written;
                return;
            }
        }
    }

    /// <summary>
    /// The shortest text that reads back as the same number. Prices and percentages, with up to two places, take the way
    /// of whole numbers, a tenth of the work: below 2^30 no other decimal of so few digits is the same double.
    /// </summary>
    public void AppendReal(double value)
    {
        var hundredths = value * 100;
        if (!(Math.Abs(hundredths) < 1e11) || hundredths != Math.Floor(hundredths) || hundredths / 100 != value || value == 0)
        {
            Append(value, default);
            return;
        }
        var whole = (long)hundredths;
        if (whole < 0)
        {
            Append((byte)'-');
            whole = -whole;
        }
        var places = (int)(whole % 100);
        Append(whole / 100, default);
        if (places == 0)
            return;
        Append((byte)'.');
        Append((byte)('0' + places / 10));
        if (places % 10 != 0)
            Append((byte)('0' + places % 10));
    }

    /// <summary>The inside of a JSON string.</summary>
    public void AppendEscaped(ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            var clean = utf8.IndexOfAny(s_escaped);
            if (clean < 0)
            {
                Append(utf8);
                return;
            }
            Append(utf8[..clean]);
            Escape(utf8[clean]);
            utf8 = utf8[(clean + 1)..];
        }
    }

    /// <summary>A JSON string, quotes included.</summary>
    public void AppendString(ReadOnlySpan<char> text)
    {
        Append((byte)'"');
        var from = Length;
        Append(text);
        if (Slice(from, Length - from).IndexOfAny(s_escaped) >= 0)
        {
            var raw = Slice(from, Length - from).ToArray();
            Length = from;
            AppendEscaped(raw);
        }
        Append((byte)'"');
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Room(int size)
    {
        if (_bytes.Length - Length < size)
            Grow(size);
        return _bytes.AsSpan(Length);
    }

    /// <summary>After writing into <see cref="Room"/>.</summary>
    public void Advance(int written) => Length += written;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));

    private void Escape(byte b)
    {
        switch (b)
        {
            case (byte)'"': Append("\\\""u8); break;
            case (byte)'\\': Append("\\\\"u8); break;
            case (byte)'\n': Append("\\n"u8); break;
            case (byte)'\r': Append("\\r"u8); break;
            case (byte)'\t': Append("\\t"u8); break;
            default:
                Append("\\u00"u8);
                Append(b, "x2");
                break;
        }
    }
}
