using System.Runtime.InteropServices;

namespace Tocsin.Storage.Segment;

/// <summary>
/// What queries have learned of blocks and the next ones want too: column directories and layouts, not the rows. Bounded in bytes;
/// what was used longest ago goes first. Of large parts that find it full only one in <see cref="Patience"/> gets in: a scan over more
/// than it holds, done again and again, would otherwise drive out each part just before it is wanted. Small ones, which are the
/// directories that every query wants, have a share of their own. Any thread.
/// </summary>
/// <param name="capacity">Bytes; 0 keeps nothing.</param>
internal sealed class BlockCache(long capacity)
{
    /// <summary>What takes more than such a part of the cache is not kept, since it would drive out many others.</summary>
    private const int LargestPart = 8;

    private const int Patience = 8;

    /// <summary>Up to here a part is small; small parts keep up to a quarter.</summary>
    private const int SmallBytes = 16 << 10, SmallShare = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<Place, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _small = [], _large = [];
    private long _bytes, _smallBytes, _hits, _misses, _late;

    public SharedStreams Streams { get; } = new();

    /// <summary>Held now, about.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    /// <summary>Null when it is not known.</summary>
    /// <param name="file">Whose.</param>
    /// <param name="offset">Where it lies in the file.</param>
    public T? Find<T>(SegmentFile file, long offset)
        where T : class
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(new Place(file, offset), out LinkedListNode<Entry>? node) || node.Value.Part is not T part)
            {
                _misses++;
                return null;
            }
            _hits++;
            LinkedList<Entry> alike = node.List!;
            alike.Remove(node);
            alike.AddFirst(node);
            return part;
        }
    }

    /// <param name="file">Whose; the caller holds it.</param>
    /// <param name="offset">Where it lies in the file.</param>
    /// <param name="part">Immutable.</param>
    /// <param name="size">Bytes, about.</param>
    public void Add(SegmentFile file, long offset, object part, int size)
    {
        if (size > capacity / LargestPart)
            return;
        lock (_lock)
        {
            if (size > SmallBytes && _bytes + size > capacity && _late++ % Patience != 0)
                return;
            ref LinkedListNode<Entry>? node = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, new Place(file, offset), out bool known);
            // Two readers may have learned it at once.
            if (known)
                return;
            node = (size > SmallBytes ? _large : _small).AddFirst(new Entry(new Place(file, offset), part, size));
            _bytes += size;
            _smallBytes += size > SmallBytes ? 0 : size;
            while (_bytes > capacity)
                Remove(_large.Count == 0 || _smallBytes > capacity / SmallShare ? _small.Last! : _large.Last!);
        }
    }

    /// <summary>Forgets a file that no reader holds any more.</summary>
    public void Drop(SegmentFile file)
    {
        lock (_lock)
        {
            foreach (LinkedList<Entry> alike in (LinkedList<Entry>[])[_small, _large])
            {
                for (LinkedListNode<Entry>? node = alike.First, next; node is not null; node = next)
                {
                    next = node.Next;
                    if (node.Value.Place.File == file)
                        Remove(node);
                }
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        node.List!.Remove(node);
        _entries.Remove(node.Value.Place);
        _bytes -= node.Value.Size;
        _smallBytes -= node.Value.Size > SmallBytes ? 0 : node.Value.Size;
    }

    private readonly record struct Place(SegmentFile File, long Offset);

    private sealed record Entry(Place Place, object Part, int Size);
}
