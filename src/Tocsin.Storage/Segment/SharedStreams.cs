namespace Tocsin.Storage.Segment;

/// <summary>
/// The fields of streams, the same bytes once for all segments: a service that logs all day stands in hundreds of them, and whoever
/// has seen its array knows it again. Bounded; what comes too late stays by itself. Any thread.
/// </summary>
internal sealed class SharedStreams : IEqualityComparer<byte[]>
{
    private const int Most = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<byte[]> _known;

    public SharedStreams() => _known = new HashSet<byte[]>(this);

    /// <summary>An array with the same bytes, which nobody changes.</summary>
    public byte[] Of(byte[] stream)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(stream, out byte[]? known))
                return known;
            if (_known.Count < Most)
                _known.Add(stream);
            return stream;
        }
    }

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
