using System.Text;

namespace Tocsin.Cli.Run.Children;

/// <summary>
/// The last bytes of a stream, in a ring of fixed size. One writer; <see cref="Text"/> from any thread.
/// </summary>
internal sealed class StderrTail(int capacity = StderrTail.DefaultBytes)
{
    public const int DefaultBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[capacity];
    private long _written;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var kept = bytes.Length > capacity ? bytes[^capacity..] : bytes;
            var at = (int)((_written + bytes.Length - kept.Length) % capacity);
            var first = Math.Min(kept.Length, capacity - at);
            kept[..first].CopyTo(_ring.AsSpan(at));
            kept[first..].CopyTo(_ring);
            _written += bytes.Length;
        }
    }

    /// <summary>The tail as text. When older bytes were overwritten it starts at a line, if there is one.</summary>
    public string Text()
    {
        lock (_gate)
        {
            if (_written <= capacity)
            {
                return Encoding.UTF8.GetString(_ring, 0, (int)_written);
            }

            var bytes = new byte[capacity];
            var at = (int)(_written % capacity);
            _ring.AsSpan(at).CopyTo(bytes);
            _ring.AsSpan(0, at).CopyTo(bytes.AsSpan(capacity - at));
            var line = bytes.AsSpan().IndexOf((byte)'\n');
            return Encoding.UTF8.GetString(line < 0 || line == capacity - 1 ? bytes : bytes.AsSpan(line + 1));
        }
    }
}
