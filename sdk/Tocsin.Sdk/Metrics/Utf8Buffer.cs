using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TocsinSdk.Metrics;

/// <summary>Text under construction, as UTF-8, in a pooled array that grows. One thread at a time.</summary>
internal sealed class Utf8Buffer(int capacity) : IDisposable
{
    private const int LongestNumber = 32;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void CutTo(int length) => Length = Math.Min(Length, length);

    public void Write(byte value)
    {
        if (Length == _bytes.Length)
            Grow(1);
        _bytes[Length++] = value;
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        if (_bytes.Length - Length < value.Length)
            Grow(value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    /// <summary>Lone surrogates become U+FFFD.</summary>
    public void Write(ReadOnlySpan<char> value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (_bytes.Length - Length < most)
            Grow(most);
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
    }

    public void Write(long value)
    {
        Utf8Formatter.TryFormat(value, Room(LongestNumber), out var written);
        Length += written;
    }

    /// <summary>The shortest text that reads back as the same number; +Inf, -Inf, NaN as Prometheus writes them.</summary>
    public void Write(double value)
    {
        if (double.IsFinite(value))
        {
            value.TryFormat(Room(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
            Length += written;
        }
        else
        {
            Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    private Span<byte> Room(int size)
    {
        if (_bytes.Length - Length < size)
            Grow(size);
        return _bytes.AsSpan(Length);
    }

    private void Grow(int by)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + by), Math.Max(256, _bytes.Length * 2)));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
