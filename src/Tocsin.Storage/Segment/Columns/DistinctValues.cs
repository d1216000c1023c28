using System.Numerics;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>Finds the different values of a column, in the order in which they come up. One thread.</summary>
internal sealed class DistinctValues
{
    private const int Smallest = 1024;

    private int[] _codes = [];

    // Only the first _places are in use: few values are found faster in a small part, and the rest waits for the next column.
    private int[] _table = new int[Smallest];
    private int _places = Smallest;
    private int[] _firsts = new int[256];
    private uint[] _hashes = new uint[256];
    private long _bytes;

    public int Count { get; private set; }

    /// <summary>Number of each value's kind.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>The first value of a kind.</summary>
    public int First(int code) => _firsts[code];

    /// <summary>Bytes that a dictionary and so many codes take, about; Deflate saves a third of text.</summary>
    public long SizeWith(int rows) => _bytes * 2 / 3 + Count + (long)rows * (32 - BitOperations.LeadingZeroCount((uint)Count)) / 8;

    /// <summary>False when there are more than <paramref name="most"/>, or clearly will be.</summary>
    public bool TryFind(Values values, int most)
    {
        Reset(values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            ReadOnlySpan<byte> value = values[i];
            uint hash = Crc32C.Of(value);
            int slot = Find(values, value, hash);
            if (_table[slot] == 0)
            {
                // Nearly all of the first thousands differ: the rest will be no better.
                if (Count == most || i is >= 4096 and < 8192 && Count > i - i / 16)
                    return false;
                Add(i, hash, slot);
                _bytes += value.Length + 1;
                _codes[i] = Count - 1;
                continue;
            }
            _codes[i] = _table[slot] - 1;
        }
        return true;
    }

    private int Find(Values values, ReadOnlySpan<byte> value, uint hash)
    {
        int mask = _places - 1;
        for (int slot = (int)(hash * 0x9E3779B9u >> 7) & mask; ; slot = (slot + 1) & mask)
        {
            int code = _table[slot] - 1;
            if (code < 0 || _hashes[code] == hash && values[_firsts[code]].SequenceEqual(value))
                return slot;
        }
    }

    private void Add(int value, uint hash, int slot)
    {
        if (Count == _firsts.Length)
        {
            Array.Resize(ref _firsts, Count * 2);
            Array.Resize(ref _hashes, Count * 2);
        }
        _firsts[Count] = value;
        _hashes[Count] = hash;
        _table[slot] = ++Count;
        if (Count * 2 > _places)
            Grow();
    }

    private void Grow()
    {
        _places *= 4;
        if (_table.Length < _places)
            _table = new int[_places];
        else
            Array.Clear(_table, 0, _places);
        int mask = _places - 1;
        for (int code = 0; code < Count; code++)
        {
            int slot = (int)(_hashes[code] * 0x9E3779B9u >> 7) & mask;
            while (_table[slot] != 0)
                slot = (slot + 1) & mask;
            _table[slot] = code + 1;
        }
    }

    private void Reset(int count)
    {
        if (_codes.Length < count)
            _codes = new int[count + count / 4];
        _places = Smallest;
        Array.Clear(_table, 0, _places);
        (Count, _bytes) = (0, 0);
    }
}
