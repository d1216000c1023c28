using System.Text;

namespace Tocsin.Protocols.Shared;

/// <summary>Names of one meaning, most trusted first.</summary>
internal sealed class FieldNames(IReadOnlyList<string> names, bool exact)
{
    private readonly byte[][] _names = [.. names.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The client named it: a value that does not fit is an error, not an ordinary field.</summary>
    public bool IsExact => exact;

    /// <summary>The place of the name in the list, or -1.</summary>
    public int Rank(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (_names[i].Length == name.Length
                && (exact ? name.SequenceEqual(_names[i]) : Ascii.EqualsIgnoreCase(name, _names[i])))
                return i;
        }
        return -1;
    }
}
