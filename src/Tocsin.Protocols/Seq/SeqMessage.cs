using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Seq;

/// <summary>
/// Renders a message template, "Order {OrderId} took {Elapsed:0.0} ms", with the event's properties: texts as they are,
/// other values as JSON. A hole without a property stays as it stands. One per request, used again for each event.
/// </summary>
internal sealed class SeqMessage
{
    // More holes than any template written by hand; what follows stays as it stands.
    private const int MaxHoles = 64;
    private const int MaxPad = 200;

    // As the limit of one value: the writer counts and cuts what is longer.
    private const int MaxBytes = (256 << 10) + 1;

    private static readonly SearchValues<byte> s_pattern = SearchValues.Create("0#.,% "u8);
    private readonly ArrayBufferWriter<byte> _text = new(256);
    private readonly Hole[] _holes = new Hole[MaxHoles];

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Render(scoped in SeqEvent found)
    {
        _text.ResetWrittenCount();
        ReadOnlySpan<byte> template = found.Template;
        int holes = FindHoles(template);
        if (holes > 0)
            FindValues(in found, holes);
        int at = 0, rendering = 0;
        for (int i = 0; i < holes; i++)
        {
            ref Hole hole = ref _holes[i];
            WriteLiteral(template[at..hole.Start]);
            WriteHole(in found, hole, ref rendering);
            at = hole.End;
        }
        WriteLiteral(template[at..]);
        return _text.WrittenSpan;
    }

    private int FindHoles(ReadOnlySpan<byte> template)
    {
        int count = 0;
        for (int i = 0; i < template.Length && count < MaxHoles; i++)
        {
            if (template[i] != '{')
                continue;
            if (i + 1 < template.Length && template[i + 1] == '{')
            {
                i++;
                continue;
            }
            int length = template[i..].IndexOf((byte)'}');
            if (length < 0)
                break;
            if (Hole.TryParse(template, i, i + length + 1, out Hole hole))
            {
                _holes[count++] = hole;
                i += length;
            }
        }
        return count;
    }

    // One walk over the properties for all holes.
    private void FindValues(scoped in SeqEvent found, int holes)
    {
        if (found.Properties.IsEmpty || found.Properties[0] != '{')
            return;
        Utf8JsonReader json = JsonReading.Open(found.Properties);
        json.Read();
        while (JsonReading.NextMember(ref json))
        {
            bool property = found.IsProperty(ref json, out ReadOnlySpan<byte> name);
            json.Read();
            int start = (int)json.TokenStartIndex;
            json.Skip();
            for (int i = 0; property && i < holes; i++)
            {
                ref Hole hole = ref _holes[i];
                if (name.Length == hole.NameLength && name.SequenceEqual(found.Template.Slice(hole.Name, hole.NameLength)))
                    (hole.Value, hole.ValueEnd) = (start, (int)json.BytesConsumed);
            }
        }
    }

    private void WriteHole(scoped in SeqEvent found, in Hole hole, ref int rendering)
    {
        int start = _text.WrittenCount;
        // The client has rendered each hole with a format itself, in their order.
        bool rendered = hole.Format > 0 && TryRendering(found.Renderings, rendering++);
        if (!rendered && hole.ValueEnd == 0)
            Write(found.Template[hole.Start..hole.End]);
        else if (!rendered)
            WriteValue(found.Properties[hole.Value..hole.ValueEnd], found.Template.Slice(hole.Format, hole.FormatLength));
        Pad(start, hole.Alignment);
    }

    private bool TryRendering(ReadOnlySpan<byte> renderings, int index)
    {
        if (renderings.IsEmpty || renderings[0] != '[')
            return false;
        Utf8JsonReader json = JsonReading.Open(renderings);
        json.Read();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (index-- == 0 && json.TokenType == JsonTokenType.String)
            {
                Write(json.ValueIsEscaped ? JsonReading.Unescape(json.ValueSpan) : json.ValueSpan);
                return true;
            }
            json.Skip();
        }
        return false;
    }

    private void WriteValue(ReadOnlySpan<byte> value, ReadOnlySpan<byte> format)
    {
        Utf8JsonReader json = JsonReading.Open(value);
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            Write(json.ValueIsEscaped ? JsonReading.Unescape(json.ValueSpan) : json.ValueSpan);
        else if (json.TokenType != JsonTokenType.Number || !IsNumberFormat(format) || !TryFormat(ref json, format))
            Write(value);
    }

    // Custom patterns and letters with up to two digits: "D999999999" would be a bomb.
    private static bool IsNumberFormat(ReadOnlySpan<byte> format) => format.Length is > 0 and <= 32
        && (format.IndexOfAnyExcept(s_pattern) < 0
            || (format.Length <= 3 && char.IsAsciiLetter((char)format[0])
                && format[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0));

    private bool TryFormat(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> format)
    {
        try
        {
            string pattern = Encoding.ASCII.GetString(format);
            string text = json.TryGetInt64(out long whole)
                ? whole.ToString(pattern, CultureInfo.InvariantCulture)
                : json.GetDouble().ToString(pattern, CultureInfo.InvariantCulture);
            Write(Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private void Pad(int start, int alignment)
    {
        int length = _text.WrittenCount - start, pad = Math.Abs(alignment) - length;
        if (pad <= 0 || _text.WrittenCount + pad > MaxBytes)
            return;
        _text.GetSpan(pad)[..pad].Fill((byte)' ');
        _text.Advance(pad);
        if (alignment < 0)
            return;
        Span<byte> text = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_text.WrittenMemory[start..]).Span;
        text[..length].CopyTo(text[pad..]);
        text[..pad].Fill((byte)' ');
    }

    // {{ and }} stand for one.
    private void WriteLiteral(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int brace = text.IndexOfAny((byte)'{', (byte)'}');
            int length = brace < 0 ? text.Length : brace + 1;
            byte last = text[length - 1];
            Write(text[..length]);
            text = text[length..];
            if (brace >= 0 && !text.IsEmpty && text[0] == last)
                text = text[1..];
        }
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        int room = MaxBytes - _text.WrittenCount;
        _text.Write(text[..Math.Clamp(room, 0, text.Length)]);
    }

    // "{@Name,-10:format}": where its parts stand in the template, and the value in the properties.
    private struct Hole
    {
        public int Start, End, Name, NameLength, Format, FormatLength, Alignment, Value, ValueEnd;

        public static bool TryParse(ReadOnlySpan<byte> template, int start, int end, out Hole hole)
        {
            hole = new Hole { Start = start, End = end, Name = start + 1 };
            ReadOnlySpan<byte> inside = template[(start + 1)..(end - 1)];
            if (!inside.IsEmpty && inside[0] is (byte)'@' or (byte)'$')
            {
                hole.Name++;
                inside = inside[1..];
            }
            int colon = inside.IndexOf((byte)':');
            if (colon >= 0)
            {
                hole.Format = hole.Name + colon + 1;
                hole.FormatLength = inside.Length - colon - 1;
                inside = inside[..colon];
            }
            int comma = inside.IndexOf((byte)',');
            if (comma >= 0)
            {
                if (!System.Buffers.Text.Utf8Parser.TryParse(inside[(comma + 1)..], out hole.Alignment, out int used)
                    || used != inside.Length - comma - 1 || hole.Alignment is < -MaxPad or > MaxPad)
                    return false;
                inside = inside[..comma];
            }
            hole.NameLength = inside.Length;
            return !inside.IsEmpty && inside.IndexOfAny("{ \r\n"u8) < 0;
        }
    }
}
