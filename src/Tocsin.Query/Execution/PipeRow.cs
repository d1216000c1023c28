using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>
/// One row on its way through the pipes: an event of the store, what pipes have set on it, or both. Valid only during
/// the call.
/// </summary>
internal readonly ref struct PipeRow
{
    public PipeRow(scoped in EventRow row, RowId id, Overlay set)
    {
        Event = row;
        Id = id;
        Set = set;
        HasEvent = true;
    }

    /// <summary>A computed row: what is not set does not exist.</summary>
    public PipeRow(RowId id, Overlay set)
    {
        Id = id;
        Set = set;
    }

    /// <summary>Only when <see cref="HasEvent"/>.</summary>
    public EventRow Event { get; }

    public bool HasEvent { get; }

    /// <summary>Identity of the event; of a computed row its number in <see cref="RowId.Sequence"/>.</summary>
    public RowId Id { get; }

    /// <summary>Goes before the fields of the event.</summary>
    public Overlay Set { get; }

    public PipeRow With(Overlay set) => HasEvent ? new PipeRow(Event, Id, set) : new PipeRow(Id, set);
}

/// <summary>Fields that pipes have set, taken away (set to missing) or computed. Few, so a list is searched.</summary>
internal sealed class Overlay
{
    private readonly List<(string Name, Cell Value)> _fields = [];

    public static Overlay Empty { get; } = new();

    public int Count => _fields.Count;

    public (string Name, Cell Value) this[int index] => _fields[index];

    public void Clear() => _fields.Clear();

    public void Set(string name, in Cell value)
    {
        int at = Find(name);
        if (at < 0)
            _fields.Add((name, value));
        else
            _fields[at] = (name, value);
    }

    public bool TryGet(string name, out Cell value)
    {
        int at = Find(name);
        value = at < 0 ? default : _fields[at].Value;
        return at >= 0;
    }

    /// <summary>Empties it and takes over what the other has.</summary>
    public void CopyFrom(Overlay other)
    {
        _fields.Clear();
        _fields.AddRange(other._fields);
    }

    public Overlay Copy()
    {
        var copy = new Overlay();
        copy._fields.AddRange(_fields);
        return copy;
    }

    public long Bytes
    {
        get
        {
            long bytes = 64 + _fields.Capacity * 32L;
            foreach ((_, Cell value) in _fields)
                bytes += value.HeapBytes;
            return bytes;
        }
    }

    private int Find(string name)
    {
        for (int i = 0; i < _fields.Count; i++)
        {
            if (ReferenceEquals(_fields[i].Name, name)
                || string.Equals(_fields[i].Name, name, StringComparison.Ordinal))
                return i;
        }
        return -1;
    }
}

/// <summary>A row that outlives the call: sorted, or waiting for its neighbours.</summary>
internal sealed class KeptRow
{
    private readonly byte[]? _row;
    private readonly byte[] _stream = [];
    private readonly Overlay _set;

    public KeptRow(in PipeRow row)
    {
        Id = row.Id;
        _set = row.Set.Count == 0 ? Overlay.Empty : row.Set.Copy();
        if (!row.HasEvent)
            return;
        _row = row.Event.Encoded.ToArray();
        _stream = row.Event.Stream.ToArray();
    }

    public RowId Id { get; }

    public PipeRow Row => _row is null ? new PipeRow(Id, _set) : new PipeRow(new EventRow(_row, _stream), Id, _set);

    public ReadOnlyMemory<byte> Stream => _stream;

    public long Bytes => 120 + (_row?.Length ?? 0) + _stream.Length + _set.Bytes;
}
