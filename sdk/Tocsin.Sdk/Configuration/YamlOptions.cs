using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TocsinSdk.Configuration;

/// <summary>
/// Reads tocsin.yaml into flat keys ("Logs:Level") with their places. Never throws for what the file holds: mistakes
/// are sentences in <see cref="Problems"/>, each with file, line and column. Aliases, which can make a small file
/// grow without end, are mistakes too.
/// </summary>
internal sealed class YamlOptions
{
    /// <summary>Bytes of a file that is still read.</summary>
    public const int MaxBytes = 1 << 20;

    private const int MaxDepth = 16, MaxProblems = 20;
    private readonly Parser _parser;
    private readonly string _file;
    private readonly Func<string, string?> _variable;

    private YamlOptions(string text, string file, Func<string, string?> variable)
    {
        _parser = new Parser(new StringReader(text));
        (_file, _variable) = (file, variable);
    }

    public Dictionary<string, OptionValue> Values { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Problems { get; } = [];

    /// <param name="text">The file's content.</param>
    /// <param name="file">Its name in problems and places.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    public static YamlOptions Read(string text, string file, Func<string, string?> variable)
    {
        var options = new YamlOptions(text, file, variable);
        try
        {
            options.Document();
        }
        catch (YamlException e)
        {
            options.Problems.Add($"{file}:{e.Start.Line}:{e.Start.Column}: {Sentence(e)}; expected YAML");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or EndOfStreamException)
        {
            // The library's scanner gives up in this way on some texts, and does not say where.
            var last = options._parser.Current?.End ?? Mark.Empty;
            options.Problems.Add($"{file}:{last.Line}:{last.Column}: what follows cannot be read; expected YAML");
        }
        return options;
    }

    // The library's message repeats the place in front.
    private static string Sentence(YamlException e)
    {
        var message = (e.InnerException ?? e).Message;
        var end = message.StartsWith('(') ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return (end < 0 ? message : message[(end + 3)..]).TrimEnd('.');
    }

    private void Document()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
            return;
        Node(OptionShape.Root, "");
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
            Problem(second, "", "a second document starts here; expected one");
    }

    private void Node(OptionShape shape, string path)
    {
        switch (_parser.Current)
        {
            case Scalar scalar:
                _parser.MoveNext();
                Scalar(shape, path, scalar);
                break;
            case MappingStart start when shape.IsGroup || shape.IsDictionary:
                Mapping(shape, path, start);
                break;
            case SequenceStart start when shape.IsList:
                Sequence(shape, path, start);
                break;
            case { } other:
                Problem(other, path, other is AnchorAlias
                    ? "an alias (*name) is not read; expected the value itself" : $"expected {Expected(shape)}");
                _parser.SkipThisAndNestedEvents();
                break;
        }
    }

    private void Scalar(OptionShape shape, string path, Scalar scalar)
    {
        if (IsNull(scalar) || Expanded(scalar, path) is not { } text)
            return;
        // "metrics: off" switches the part.
        if (shape.IsGroup && shape.Find("Enabled") is { } enabled && OptionText.Normalize(typeof(bool), text) is not null)
            (shape, path) = (enabled, path + ":" + enabled.Name);
        if (shape.IsValue || shape.IsList)
            Values[path] = new OptionValue(text, Place(scalar));
        else
            Problem(scalar, path, $"expected {Expected(shape)}, found \"{text}\"");
    }

    private void Mapping(OptionShape shape, string path, MappingStart start)
    {
        if (!Enters(start, path))
            return;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                Problem(_parser.Current!, path, "expected a name");
                _parser.SkipThisAndNestedEvents();
                _parser.SkipThisAndNestedEvents();
            }
            else if (Member(shape, path, key) is not var (member, name))
                _parser.SkipThisAndNestedEvents();
            else
            {
                if (!seen.Add(name))
                    Problem(key, name, "is there a second time");
                Node(member, name);
                if (OptionNames.UnitOf(shape, key.Value) is { } unit && Values.TryGetValue(name, out var number))
                    Values[name] = number with { Text = number.Text + unit };
            }
        }
        _depth--;
    }

    private void Sequence(OptionShape shape, string path, SequenceStart start)
    {
        if (!Enters(start, path))
            return;
        for (var i = 0; !_parser.TryConsume<SequenceEnd>(out _); i++)
            Node(shape.Element!, $"{path}:{i:0000}");
        _depth--;
    }

    private int _depth;

    private bool Enters(ParsingEvent start, string path)
    {
        if (_depth == MaxDepth)
        {
            Problem(start, path, "is nested too deep");
            _parser.SkipThisAndNestedEvents();
            return false;
        }
        _depth++;
        _parser.MoveNext();
        return true;
    }

    private (OptionShape Shape, string Path)? Member(OptionShape shape, string path, Scalar key)
    {
        var prefix = path.Length == 0 ? "" : path + ":";
        if (shape.IsDictionary)
            return (shape.Element!, prefix + key.Value);
        if (OptionNames.Find(shape, key.Value) is { } member)
            return (member, prefix + member.Name);
        if (!OptionNames.IsOfOthers(path, key.Value))
            Problem(key, prefix + key.Value, OptionNames.Unknown(shape, key.Value));
        return null;
    }

    private string? Expanded(Scalar scalar, string path)
    {
        var text = VariableText.Expand(scalar.Value, _variable, out var missing);
        if (missing is not null)
            Problem(scalar, path,
                $"the environment variable {missing} is not set; set it or write ${{{missing}:-default}}");
        return text;
    }

    private static bool IsNull(Scalar scalar) =>
        scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" };

    private static string Expected(OptionShape shape) =>
        shape.IsGroup || shape.IsDictionary ? "a section with " + (shape.IsGroup
            ? string.Join(", ", shape.Members.Take(8).Select(m => m.Name)) : "names and values")
        : shape.IsList ? "a list" : OptionText.Expected(shape.Type);

    private string Place(ParsingEvent at) => $"{_file}:{at.Start.Line}:{at.Start.Column}";

    [SuppressMessage("Globalization", "CA1305", Justification = "Numbers of lines.")]
    private void Problem(ParsingEvent at, string path, string what)
    {
        if (Problems.Count < MaxProblems)
            Problems.Add($"{Place(at)}: {(path.Length == 0 ? "" : path.Replace(':', '.') + " ")}{what}");
    }
}
