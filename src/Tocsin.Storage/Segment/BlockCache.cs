using System.Runtime.InteropServices;

namespace Tocsin.Storage.Segment;

/// <summary>
/// What queries have learned of blocks and the next ones want too: column directories and layouts, not the rows. Bounded in bytes;
/// what was used longest ago goes first. Any thread.
/// </summary>
/// <param name="capacity">Bytes; 0 keeps nothing.</param>
internal sealed class BlockCache(long capacity)
{
    /// <summary>What takes more than such a part of the cache is not kept, since it would drive out many others.</summary>
    private const int LargestPart = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<Place, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes, _hits, _misses;

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
            _byUse.Remove(node);
            _byUse.AddFirst(node);
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
            ref LinkedListNode<Entry>? node = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, new Place(file, offset), out bool known);
            // Two readers may have learned it at once.
            if (known)
                return;
            node = _byUse.AddFirst(new Entry(new Place(file, offset), part, size));
            _bytes += size;
            while (_bytes > capacity)
                Remove(_byUse.Last!);
        }
    }

    /// <summary>Forgets a file that no reader holds any more.</summary>
    public void Drop(SegmentFile file)
    {
        lock (_lock)
        {
            for (LinkedListNode<Entry>? node = _byUse.First, next; node is not null; node = next)
            {
                next = node.Next;
                if (node.Value.Place.File == file)
                    Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Place);
        _bytes -= node.Value.Size;
    }

    private readonly record struct Place(SegmentFile File, long Offset);

    private sealed record Entry(Place Place, object Part, int Size);
}
