using System.Text;

namespace Tocsin.Storage.Scan;

/// <summary>
/// What a condition on text asks for, in a form in which it can be answered for many texts at once: the value must contain every
/// fragment, in any case, and what it does with a text does not depend on digits that it does not name.
/// </summary>
/// <param name="Fragments">ASCII.</param>
/// <param name="FreeDigit">A digit the condition does not name; 0 when it names all, or when it counts characters.</param>
internal sealed record TextShape(IReadOnlyList<byte[]> Fragments, byte FreeDigit)
{
    /// <summary>The one text that is accepted; null when there are several.</summary>
    public byte[]? Exact { get; init; }

    /// <summary>Null when the text is not ASCII, which has other rules of case.</summary>
    public static TextShape? Of(string text, IReadOnlyList<byte[]> fragments, bool countsCharacters = false)
    {
        if (!Ascii.IsValid(text))
            return null;
        byte free = 0;
        for (char digit = '0'; digit <= '9' && free == 0 && !countsCharacters; digit++)
            free = text.Contains(digit) ? (byte)0 : (byte)digit;
        return new TextShape(fragments, free);
    }
}
