using System.Text;
using System.Text.RegularExpressions;

namespace Tocsin.Bench.Logs;

internal enum Variable { None, Number, Hex, Milliseconds, Microseconds, Address, Port, User, Quoted, Path }

/// <summary>Literal text and the variable after it.</summary>
internal readonly record struct Piece(byte[] Literal, Variable Variable, int Size);

/// <summary>One message template of one service, with what the queries' answers depend on.</summary>
internal sealed record LogTemplate(string Text, Piece[] Pieces, bool HasCommonWord, bool HasCommonPart);

/// <summary>Several hundred templates: each service fills its own choice of patterns with its own words.</summary>
internal sealed partial class LogTemplates
{
    public const int Levels = 5;

    private readonly LogTemplate[][] _templates = new LogTemplate[Wording.Services.Length * Levels][];

    private LogTemplates()
    {
        foreach (string word in (string[])[.. Wording.People, .. Wording.Quoted, .. Wording.Paths])
        {
            if (word.Contains(Wording.CommonPart, StringComparison.OrdinalIgnoreCase))
                throw new InvalidOperationException($"'{word}' would falsify the answers: it contains '{Wording.CommonPart}'");
        }
        var dice = new Dice(ulong.MaxValue);
        for (int service = 0; service < Wording.Services.Length; service++)
        {
            for (int level = 0; level < Levels; level++)
            {
                string[] patterns = Wording.Patterns[level].Patterns;
                int rotation = dice.Next(patterns.Length);
                // Two thirds of the patterns, so that services differ in what they say too.
                _templates[service * Levels + level] = [.. Enumerable.Range(0, patterns.Length * 2 / 3)
                    .Select(i => Fill(patterns[(rotation + i) % patterns.Length], ref dice))];
            }
        }
    }

    public static LogTemplates All { get; } = new();

    public int Count => _templates.SelectMany(t => t).Select(t => t.Text).Distinct().Count();

    public LogTemplate[] Of(int service, int level) => _templates[service * Levels + level];

    private static LogTemplate Fill(string pattern, ref Dice dice)
    {
        string text = pattern.Replace("{NOUN}", dice.Of(Wording.Nouns)).Replace("{VERB}", dice.Of(Wording.Verbs))
            .Replace("{STORE}", dice.Of(Wording.Stores)).Replace("{TOPIC}", dice.Of(Wording.Topics));
        var pieces = new List<Piece>();
        int at = 0;
        foreach (Match slot in Slot().Matches(text))
        {
            int size = slot.Groups[2].Length > 0 ? int.Parse(slot.Groups[2].Value) : 0;
            pieces.Add(new Piece(Encoding.UTF8.GetBytes(text[at..slot.Index]), Named(slot.Groups[1].Value), size));
            at = slot.Index + slot.Length;
        }
        pieces.Add(new Piece(Encoding.UTF8.GetBytes(text[at..]), Variable.None, 0));
        string literal = Slot().Replace(text, "0");
        return new LogTemplate(text, [.. pieces], Regex.IsMatch(literal, $@"\b{Wording.CommonWord}\b", RegexOptions.IgnoreCase),
            literal.Contains(Wording.CommonPart, StringComparison.OrdinalIgnoreCase));
    }

    private static Variable Named(string name) => name switch
    {
        "n" => Variable.Number,
        "hex" => Variable.Hex,
        "ms" => Variable.Milliseconds,
        "us" => Variable.Microseconds,
        "ip" => Variable.Address,
        "port" => Variable.Port,
        "user" => Variable.User,
        "quoted" => Variable.Quoted,
        "path" => Variable.Path,
        _ => throw new InvalidOperationException($"{{{name}}} is no slot"),
    };

    [GeneratedRegex(@"\{([a-z]+)(\d*)\}")]
    private static partial Regex Slot();
}
