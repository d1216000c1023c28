using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using TocsinSdk.Redaction;

namespace TocsinSdk.Logging;

/// <summary>
/// A message template such as "{OrderId} shipped to {Customer}", taken apart once: what lies between the holes as
/// UTF-8, the holes, and the whole as JSON.
/// </summary>
internal sealed class MessageTemplate
{
    private readonly Part[] _parts;

    private MessageTemplate(string text, Part[] parts, Redactor redactor)
    {
        Text = text;
        _parts = parts;
        Json = FieldKey.JsonOf(text);
        Utf8 = Encoding.UTF8.GetBytes(text);
        // A template is a literal, so it holds no secret; an interpolated message passes for one, and may. A line feed
        // stands for each hole: no secret reaches across it.
        var literals = string.Join('\n', parts.Select(static p => Encoding.UTF8.GetString(p.Literal)));
        IsClean = ReferenceEquals(redactor.Redact(literals), literals);
        HasSensitiveHole = Array.Exists(parts, static p => p.Sensitive);
        HasFormats = Array.Exists(parts, static p => p.Format is not null || p.Alignment != 0);
    }

    public string Text { get; }
    public byte[] Json { get; }
    public byte[] Utf8 { get; }
    public bool IsClean { get; }

    /// <summary>Whether a hole asks for a format, so that the value itself is needed to render it.</summary>
    public bool HasFormats { get; }

    /// <summary>A literal with the hole after it; the last part may have none.</summary>
    private sealed record Part(byte[] Literal, string? Hole, string? Format, int Alignment, bool Sensitive);

    /// <summary>True when what stands around the hole of this name says that a secret goes there: "password={p}".</summary>
    public bool MakesSensitive(string name)
    {
        foreach (var part in _parts)
            if (part.Sensitive && part.Hole == name)
                return true;
        return false;
    }

    public bool HasSensitiveHole { get; }

    /// <summary>Appends the message. <paramref name="values"/>: the values themselves, when <see cref="HasFormats"/>.</summary>
    public void Render(LogEvent e, ReadOnlySpan<object?> values, Redactor redactor)
    {
        var text = e.Text;
        var hole = 0;
        foreach (var part in _parts)
        {
            text.Append(part.Literal);
            if (part.Hole is null)
                continue;
            var index = IndexOf(e, part.Hole, hole++);
            if (index < 0)
                text.Append("(null)"u8);
            else if ((part.Format is not null || part.Alignment != 0) && index < values.Length)
                Formatted(text, part, e.Fields[index], values[index], redactor);
            else
                Plain(e, e.Fields[index]);
        }
    }

    private static int IndexOf(LogEvent e, string hole, int guess)
    {
        var fields = e.Fields[..e.OwnCount];
        if (guess < fields.Length && fields[guess].Key.Source == hole)
            return guess;
        for (var i = 0; i < fields.Length; i++)
            if (string.Equals(fields[i].Key.Source, hole, StringComparison.OrdinalIgnoreCase)
                || string.Equals(fields[i].Key.Name, hole, StringComparison.OrdinalIgnoreCase))
                return i;
        return -1;
    }

    private static void Plain(LogEvent e, in LogField field)
    {
        switch (field.Kind)
        {
            case FieldKind.Null: e.Text.Append("(null)"u8); break;
            case FieldKind.Boolean: e.Text.Append(field.Bits != 0 ? "True"u8 : "False"u8); break;
            default:
                var room = e.Text.Room(field.Length)[..field.Length];
                e.TextOf(field).CopyTo(room);
                e.Text.Advance(field.Length);
                break;
        }
    }

    private static void Formatted(Utf8Text text, Part part, in LogField field, object? value, Redactor redactor)
    {
        var shown = value is null ? "(null)"
            : part.Sensitive || field.Key.Sensitive || IsMasked(text, field, redactor) ? redactor.Mask
            : value is IFormattable formattable ? Tried(formattable, part.Format)
            : redactor.Redact(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        var blanks = Math.Min(Math.Abs(part.Alignment), 256) - shown.Length;
        for (var i = 0; part.Alignment > 0 && i < blanks; i++)
            text.Append((byte)' ');
        FieldValue.AppendCut(text, shown);
        for (var i = 0; part.Alignment < 0 && i < blanks; i++)
            text.Append((byte)' ');
    }

    // A number redacted for what it is must not come back by way of its format.
    private static bool IsMasked(Utf8Text text, in LogField field, Redactor redactor) =>
        field.Kind == FieldKind.Text && text.Slice(field.At, field.Length).StartsWith("["u8)
        && Encoding.UTF8.GetString(text.Slice(field.At, field.Length)).StartsWith(redactor.Mask.TrimEnd(']'), StringComparison.Ordinal);

    private static string Tried(IFormattable value, string? format)
    {
        try
        {
            return value.ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            return value.ToString(null, CultureInfo.InvariantCulture);
        }
    }

    private static MessageTemplate Parse(string text, Redactor redactor)
    {
        var parts = new List<Part>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '{' or '}' && i + 1 < text.Length && text[i + 1] == c)
                literal.Append(text[i++]);
            else if (c == '{' && text.IndexOf('}', i) is > 0 and var end)
            {
                parts.Add(HoleAt(text, i, end, literal.ToString(), redactor));
                literal.Clear();
                i = end;
            }
            else
                literal.Append(c);
        }
        parts.Add(new Part(Encoding.UTF8.GetBytes(literal.ToString()), null, null, 0, false));
        return new MessageTemplate(text, [.. parts], redactor);
    }

    private static Part HoleAt(string text, int from, int end, string before, Redactor redactor)
    {
        var hole = text[(from + 1)..end];
        var colon = hole.IndexOf(':');
        var format = colon < 0 ? null : hole[(colon + 1)..];
        var name = colon < 0 ? hole : hole[..colon];
        var comma = name.IndexOf(',');
        var alignment = comma >= 0 && int.TryParse(name.AsSpan(comma + 1), NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var width) ? width : 0;
        name = (comma < 0 ? name : name[..comma]).Trim();
        // Whatever stands for the value is redacted where a value with the same surroundings would be.
        const string sample = "Ab1Ab1Ab1Ab1";
        var around = text[..from] + sample + text[(end + 1)..];
        var sensitive = redactor.Redact(around) is var clean && !ReferenceEquals(clean, around)
            && (clean.Length < from + sample.Length || clean.AsSpan(from, sample.Length) is not sample)
            && clean.StartsWith(text[..from], StringComparison.Ordinal);
        return new Part(Encoding.UTF8.GetBytes(before), name, format, alignment, sensitive);
    }

    /// <summary>Templates are string literals, so they are found by reference; the table holds the last ones used.</summary>
    internal sealed class Table(Redactor redactor)
    {
        private const int Size = 2048;

        private readonly MessageTemplate?[] _recent = new MessageTemplate?[Size];

        public MessageTemplate Of(string text)
        {
            ref var slot = ref _recent[RuntimeHelpers.GetHashCode(text) & (Size - 1)];
            var template = slot;
            return ReferenceEquals(template?.Text, text) ? template : slot = Parse(text, redactor);
        }
    }
}
