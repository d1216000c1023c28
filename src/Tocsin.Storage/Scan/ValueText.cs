using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>A searched text, ready to be compared with values of every type.</summary>
internal sealed class ValueText(string text)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);
    private readonly Phrase _phrase = new(text);
    private readonly Numeric? _number = Numeric.Parse(text);

    /// <summary>Of <see cref="IsIn"/>.</summary>
    public TextShape? Shape { get; } = TextShape.Of(text, new Phrase(text).Fragments);

    public bool IsIn(FieldValue value) =>
        value.Kind == ValueKind.String ? _phrase.IsIn(value.Payload) : EqualsPlain(value);

    /// <summary>The whole value, case and all.</summary>
    public bool Is(FieldValue value) =>
        value.Kind == ValueKind.String ? value.Payload.SequenceEqual(_utf8) : EqualsPlain(value);

    /// <summary>Only words of strings are in the filter, so whatever may also match another type must pass.</summary>
    public bool MayBeIn(BlockSummary block)
    {
        if (_number is not null || IsBool || IsHex)
            return true;
        foreach (ulong hash in _phrase.Hashes)
        {
            if (!block.MayContain(hash))
                return false;
        }
        return true;
    }

    private bool IsBool => text.Equals("true", StringComparison.OrdinalIgnoreCase)
        || text.Equals("false", StringComparison.OrdinalIgnoreCase);

    private bool IsHex => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);

    private bool EqualsPlain(FieldValue value) => value.Kind switch
    {
        ValueKind.Int or ValueKind.Double => _number is { } number && Numeric.Of(value)?.CompareTo(number) == 0,
        ValueKind.True or ValueKind.False or ValueKind.Bytes =>
            text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
