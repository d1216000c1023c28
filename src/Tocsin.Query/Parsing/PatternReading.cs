using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;

namespace Tocsin.Query.Parsing;

/// <summary>
/// Cuts values out between fixed pieces of text. The first piece is looked for anywhere, each further one behind the
/// one before; the last value goes to the end.
/// </summary>
internal sealed class PatternReading
{
    private readonly string _first;

    /// <summary>A value and the piece behind it; the piece is empty at the end.</summary>
    private readonly List<(string Name, string Piece)> _values = [];

    public PatternReading(string pattern)
    {
        int at = 0;
        _first = PieceAt(pattern, ref at);
        while (at < pattern.Length)
        {
            int close = pattern.IndexOf('>', at);
            string name = pattern[(at + 1)..close];
            at = close + 1;
            string piece = PieceAt(pattern, ref at);
            if (piece.Length == 0 && at < pattern.Length)
                Wrong ??= "text between the values of the pattern";
            _values.Add((name == "_" ? "" : name, piece));
        }
        if (_values.All(v => v.Name.Length == 0))
            Wrong ??= "at least one <name> in the pattern";
    }

    /// <summary>What would have been right; null when the pattern can be used.</summary>
    public string? Wrong { get; }

    public IEnumerable<string> Names => _values.Select(v => v.Name);

    public void Read(string text, Action<string, Cell> found)
    {
        int at = text.IndexOf(_first, StringComparison.Ordinal);
        if (at < 0)
            return;
        at += _first.Length;
        Span<Range> places = _values.Count <= 64 ? stackalloc Range[_values.Count] : new Range[_values.Count];
        for (int i = 0; i < _values.Count; i++)
        {
            string piece = _values[i].Piece;
            int end = piece.Length == 0 ? text.Length : text.IndexOf(piece, at, StringComparison.Ordinal);
            if (end < 0)
                return;
            places[i] = at..end;
            at = end + piece.Length;
        }
        for (int i = 0; i < _values.Count; i++)
        {
            if (_values[i].Name.Length > 0)
                found(_values[i].Name, Cell.Of(text[places[i]]));
        }
    }

    /// <summary>The text up to the next name in angle brackets.</summary>
    private static string PieceAt(string pattern, ref int at)
    {
        int start = at;
        while (at < pattern.Length && !IsName(pattern, at))
            at++;
        return pattern[start..at];
    }

    private static bool IsName(string pattern, int at)
    {
        if (pattern[at] != '<')
            return false;
        int end = at + 1;
        while (end < pattern.Length && LiteralText.IsNamePart(pattern[end]))
            end++;
        return end > at + 1 && end < pattern.Length && pattern[end] == '>';
    }
}
