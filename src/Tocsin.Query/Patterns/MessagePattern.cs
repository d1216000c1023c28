using System.Text;

namespace Tocsin.Query.Patterns;

/// <summary>
/// The shape of a message: what changes from record to record becomes a mark. One pass over the text; equal messages
/// but for their numbers and ids have equal shapes.
/// </summary>
/// <remarks>
/// A run of letters, digits and the signs that hold ids together is looked at as a whole: a UUID, an address, a
/// hexadecimal number, a time; else each number in it is masked and its letters stay.
/// </remarks>
public static class MessagePattern
{
    /// <summary>Characters that are looked at; the rest says little about the kind of message.</summary>
    public const int Longest = 1024;

    public static string Of(string message)
    {
        if (message.Length > Longest)
            message = message[..Longest];
        var shape = new StringBuilder(message.Length);
        int at = 0;
        while (at < message.Length)
        {
            int end = at;
            while (end < message.Length && IsPart(message[end]))
                end++;
            if (end == at)
            {
                AppendPlain(shape, message[at++]);
                continue;
            }
            Append(shape, message.AsSpan(at, end - at));
            at = end;
        }
        return shape.ToString().TrimEnd();
    }

    /// <summary>Blanks of any number count as one.</summary>
    private static void AppendPlain(StringBuilder shape, char c)
    {
        if (!char.IsWhiteSpace(c))
            shape.Append(c);
        else if (shape.Length > 0 && shape[^1] != ' ')
            shape.Append(' ');
    }

    private static void Append(StringBuilder shape, ReadOnlySpan<char> run)
    {
        ReadOnlySpan<char> word = run.TrimEnd(".:-");
        string? mark = !word.ContainsAnyInRange('0', '9') ? null
            : IsUuid(word) ? "<uuid>"
            : IsTime(word) ? "<time>"
            : IsAddress(word) ? "<ip>"
            : null;
        if (mark is not null)
            shape.Append(mark);
        else
            AppendPieces(shape, word);
        shape.Append(run[word.Length..]);
    }

    /// <summary>Pieces between '.', ':' and '-' are looked at one by one.</summary>
    private static void AppendPieces(StringBuilder shape, ReadOnlySpan<char> word)
    {
        while (word.Length > 0)
        {
            int length = word.IndexOfAny(".:-");
            ReadOnlySpan<char> piece = length < 0 ? word : word[..length];
            // 12.5 is one number, as is 1.2.3.
            if (IsDigits(piece) && length > 0 && word[length] == '.' && length + 1 < word.Length
                && char.IsAsciiDigit(word[length + 1]))
            {
                word = word[(length + 1)..];
                continue;
            }
            AppendPiece(shape, piece);
            if (length >= 0)
                shape.Append(word[length]);
            word = length < 0 ? default : word[(length + 1)..];
        }
    }

    private static void AppendPiece(StringBuilder shape, ReadOnlySpan<char> piece)
    {
        if (!piece.ContainsAnyInRange('0', '9'))
        {
            shape.Append(piece);
            return;
        }
        if (IsHex(piece))
        {
            shape.Append("<hex>");
            return;
        }
        for (int i = 0; i < piece.Length; i++)
        {
            if (!char.IsAsciiDigit(piece[i]))
                shape.Append(piece[i]);
            else if (i == 0 || !char.IsAsciiDigit(piece[i - 1]))
                shape.Append("<n>");
        }
    }

    private static bool IsPart(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '-' or '_' || c >= 0x80 && char.IsLetter(c);

    private static bool IsDigits(ReadOnlySpan<char> text) =>
        text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');

    private static bool IsHex(ReadOnlySpan<char> piece)
    {
        if (piece.StartsWith("0x") || piece.StartsWith("0X"))
            return piece.Length > 2 && AllHex(piece[2..]);
        return piece.Length >= 8 && AllHex(piece) && !IsDigits(piece);
    }

    private static bool IsUuid(ReadOnlySpan<char> word)
    {
        if (word.Length != 36 || word[8] != '-' || word[13] != '-' || word[18] != '-' || word[23] != '-')
            return false;
        return AllHex(word[..8]) && AllHex(word[9..13]) && AllHex(word[14..18]) && AllHex(word[19..23])
            && AllHex(word[24..]);
    }

    /// <summary>2026-03-14, 2026-03-14T15:00:00.123Z and 15:00:00.123.</summary>
    private static bool IsTime(ReadOnlySpan<char> word)
    {
        if (word.Length >= 10 && word[4] == '-' && word[7] == '-' && IsDigits(word[..4]) && IsDigits(word[5..7])
            && IsDigits(word[8..10]))
            return word.Length == 10 || word[10] == 'T';
        return word.Length >= 8 && word[2] == ':' && word[5] == ':' && IsDigits(word[..2]) && IsDigits(word[3..5])
            && IsDigits(word[6..8])
            && (word.Length == 8 || word[8] == '.' && IsDigits(word[9..]));
    }

    /// <summary>
    /// Four numbers with points between, and perhaps a port; or hexadecimal groups with at least two colons.
    /// </summary>
    private static bool IsAddress(ReadOnlySpan<char> word)
    {
        int points = word.Count('.'), colons = word.Count(':');
        if (points == 3 && colons <= 1)
        {
            foreach (char c in word)
            {
                if (!char.IsAsciiDigit(c) && c is not ('.' or ':'))
                    return false;
            }
            return char.IsAsciiDigit(word[0]);
        }
        if (points > 0 || colons < 2 || word.Length > 39)
            return false;
        foreach (char c in word)
        {
            if (!char.IsAsciiHexDigit(c) && c != ':')
                return false;
        }
        return colons == 7 || word.Contains("::", StringComparison.Ordinal);
    }

    private static bool AllHex(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }
        return text.Length > 0;
    }
}
