namespace Tocsin.Storage.Segment;

/// <summary>
/// Different hashes, which are spread evenly already: a plain table is filled several times as fast as a set of the library. Kept
/// for the next block. One thread.
/// </summary>
internal sealed class HashTable
{
    private const int Smallest = 1024, Kept = 1 << 19;

    // 0 is a free place; the hash 0 itself is remembered apart.
    private ulong[] _places = new ulong[Smallest];
    private bool _hasZero;
    private int _used;

    public int Count => _used + (_hasZero ? 1 : 0);

    public void Add(ulong hash)
    {
        if (hash == 0)
        {
            _hasZero = true;
            return;
        }
        int mask = _places.Length - 1;
        int place = (int)hash & mask;
        for (ulong there; (there = _places[place]) != 0; place = (place + 1) & mask)
        {
            if (there == hash)
                return;
        }
        _places[place] = hash;
        if (++_used > _places.Length / 4 * 3)
            Grow();
    }

    public void Clear()
    {
        if (_places.Length > Kept || _used * 8 < _places.Length)
            _places = new ulong[Math.Max(Smallest, _places.Length / 4)];
        else
            Array.Clear(_places);
        (_used, _hasZero) = (0, false);
    }

    public IEnumerator<ulong> GetEnumerator()
    {
        if (_hasZero)
            yield return 0;
        foreach (ulong hash in _places)
        {
            if (hash != 0)
                yield return hash;
        }
    }

    private void Grow()
    {
        ulong[] before = _places;
        _places = new ulong[before.Length * 2];
        int mask = _places.Length - 1;
        foreach (ulong hash in before)
        {
            if (hash == 0)
                continue;
            int place = (int)hash & mask;
            while (_places[place] != 0)
                place = (place + 1) & mask;
            _places[place] = hash;
        }
    }
}
