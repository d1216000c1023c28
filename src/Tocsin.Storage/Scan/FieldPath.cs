using System.Text;
using Tocsin.Model.Events;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Scan;

/// <summary>
/// Finds a field of a row by name: the first of its names that the row, then its stream, then a map inside them
/// (a.b.c as c in b in a) has.
/// </summary>
public sealed class FieldPath
{
    private readonly string[] _names;
    private readonly byte[][] _utf8;

    public FieldPath(params string[] names)
    {
        _names = names;
        _utf8 = [.. names.Select(Encoding.UTF8.GetBytes)];
    }

    public bool TryGet(in EventRow row, out FieldValue value)
    {
        foreach (byte[] name in _utf8)
        {
            if (row.TryGet(name, out value) || TryNested(row.EncodedFields, name, out value)
                || TryNested(row.Stream, name, out value))
                return true;
        }
        value = default;
        return false;
    }

    internal IReadOnlyList<string> Names => _names;

    /// <summary>Whether no row of the block can have the field inside a map.</summary>
    internal bool IsFlatIn(BlockDirectory block)
    {
        foreach (string name in _names)
        {
            for (int dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
            {
                if (block.Fields(name[..dot]).Length > 0)
                    return false;
            }
        }
        return true;
    }

    internal bool IsInAny(IReadOnlyList<byte[]> streams)
    {
        foreach (byte[] stream in streams)
        {
            for (int name = 0; name < _utf8.Length; name++)
            {
                if (TryGetInStream(stream, name, out _))
                    return true;
            }
        }
        return false;
    }

    /// <summary>What a stream has under one of the names, as it is or inside a map.</summary>
    internal bool TryGetInStream(ReadOnlySpan<byte> stream, int name, out FieldValue value) =>
        FieldReader.TryGet(stream, _utf8[name], out value) || TryNested(stream, _utf8[name], out value);

    public override string ToString() => string.Join('|', _names);

    internal void AddTo(FieldNeeds needs)
    {
        foreach (string name in _names)
        {
            for (int dot = name.Length; dot > 0; dot = name.LastIndexOf('.', dot - 1))
                needs.Names.Add(name[..dot]);
        }
    }

    /// <summary>Tries every dot as the border between a field's name and a path into its map.</summary>
    private static bool TryNested(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> name, out FieldValue value)
    {
        for (int dot = name.IndexOf((byte)'.'); dot >= 0; dot = NextDot(name, dot))
        {
            if (!FieldReader.TryGet(fields, name[..dot], out FieldValue outer) || outer.Kind != ValueKind.Map)
                continue;
            ReadOnlySpan<byte> inner = name[(dot + 1)..];
            if (FieldReader.TryGet(outer.Payload, inner, out value) || TryNested(outer.Payload, inner, out value))
                return true;
        }
        value = default;
        return false;
    }

    private static int NextDot(ReadOnlySpan<byte> name, int dot)
    {
        int next = name[(dot + 1)..].IndexOf((byte)'.');
        return next < 0 ? -1 : dot + 1 + next;
    }
}
