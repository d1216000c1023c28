using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tocsin.Protocols.Shared;

/// <summary>
/// Reads protobuf's JSON mapping from a <see cref="Utf8JsonReader"/>: null is the default value, 64-bit integers are
/// strings or numbers. A value of the wrong type throws <see cref="JsonException"/>, caught once by the decoder of the request.
/// </summary>
internal static class JsonReading
{
    /// <summary>Deeper than any value that the depth limit of records lets through.</summary>
    public const int MaxDepth = 1000;

    /// <summary>A reader of one JSON text, before its first token.</summary>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> text) =>
        new(text, new JsonReaderOptions { MaxDepth = MaxDepth });

    /// <summary>Moves from the start of an object, or from a member's value, to the next member's name.</summary>
    public static bool NextMember(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Enters the object after a name; false when it is null.</summary>
    public static bool BeginObject(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return Is(json.TokenType, JsonTokenType.StartObject);
    }

    /// <summary>Enters the array after a name; false when it is null.</summary>
    public static bool BeginArray(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return Is(json.TokenType, JsonTokenType.StartArray);
    }

    /// <summary>Moves to the next item of an array of objects; false at its end.</summary>
    public static bool NextObject(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.EndArray => false,
            JsonTokenType.StartObject => true,
            _ => throw new JsonException("expected an object"),
        };
    }

    /// <summary>Moves to the next item of an array of arrays; false at its end.</summary>
    public static bool NextArray(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.EndArray => false,
            JsonTokenType.StartArray => true,
            _ => throw new JsonException("expected an array"),
        };
    }

    /// <summary>The name of the member the reader stands at, valid as long as the request.</summary>
    public static ReadOnlySpan<byte> Name(scoped ref Utf8JsonReader json) =>
        json.ValueIsEscaped ? Unescape(json.ValueSpan) : json.ValueSpan;

    public static bool Bool(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            _ => throw new JsonException("expected true or false"),
        };
    }

    public static ulong UInt64(scoped ref Utf8JsonReader json)
    {
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return 0;
            case JsonTokenType.Number when json.TryGetUInt64(out ulong number):
                return number;
            case JsonTokenType.String when json.ValueSpan.IsEmpty:
                return 0;
            case JsonTokenType.String when Utf8Parser.TryParse(json.ValueSpan, out ulong number, out int used)
                && used == json.ValueSpan.Length:
                return number;
            default:
                throw new JsonException("expected an unsigned integer");
        }
    }

    public static long Int64(scoped ref Utf8JsonReader json)
    {
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return 0;
            case JsonTokenType.Number when json.TryGetInt64(out long number):
                return number;
            case JsonTokenType.String when Utf8Parser.TryParse(json.ValueSpan, out long number, out int used)
                && used == json.ValueSpan.Length:
                return number;
            default:
                throw new JsonException("expected an integer");
        }
    }

    public static double Double(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.Null => 0,
            JsonTokenType.Number when json.TryGetDouble(out double number) => number,
            JsonTokenType.String => Double(json.ValueSpan),
            _ => throw new JsonException("expected a number"),
        };
    }

    /// <summary>
    /// The text after a name, valid as long as the request. An unescaped one is a view; only an escaped one is copied.
    /// </summary>
    public static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.Null => default,
            JsonTokenType.String when !json.ValueIsEscaped => json.ValueSpan,
            JsonTokenType.String => Unescape(json.ValueSpan),
            _ => throw new JsonException("expected text"),
        };
    }

    /// <summary>
    /// Decodes a hexadecimal id of any case into <paramref name="id"/>; empty when it is absent or not of this
    /// length.
    /// </summary>
    public static ReadOnlySpan<byte> Id(scoped ref Utf8JsonReader json, Span<byte> id)
    {
        ReadOnlySpan<byte> hex = Text(ref json);
        if (hex.Length != 2 * id.Length)
            return default;
        for (int i = 0; i < id.Length; i++)
        {
            int high = HexId.Digit(hex[2 * i]), low = HexId.Digit(hex[2 * i + 1]);
            if ((high | low) < 0)
                return default;
            id[i] = (byte)(high << 4 | low);
        }
        return id;
    }

    /// <summary>Undoes JSON escapes. A surrogate without its other half becomes U+FFFD.</summary>
    internal static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        byte[] text = new byte[escaped.Length];
        int length = 0;
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text[length++] = escaped[i];
                continue;
            }
            byte kind = escaped[++i];
            if (kind != 'u')
            {
                text[length++] = kind switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    _ => kind,
                };
                continue;
            }
            char unit = Unit(escaped[(i + 1)..]);
            i += 4;
            Rune rune;
            if (char.IsHighSurrogate(unit) && escaped.Length - i > 6 && escaped[i + 1] == '\\' && escaped[i + 2] == 'u'
                && Rune.TryCreate(unit, Unit(escaped[(i + 3)..]), out rune))
                i += 6;
            else if (!Rune.TryCreate(unit, out rune))
                rune = Rune.ReplacementChar;
            length += rune.EncodeToUtf8(text.AsSpan(length));
        }
        return text[..length];
    }

    // The reader has checked that four hexadecimal digits follow.
    private static char Unit(ReadOnlySpan<byte> hex) =>
        (char)(HexId.Digit(hex[0]) << 12 | HexId.Digit(hex[1]) << 8 | HexId.Digit(hex[2]) << 4 | HexId.Digit(hex[3]));

    private static double Double(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("NaN"u8))
            return double.NaN;
        if (text.SequenceEqual("Infinity"u8))
            return double.PositiveInfinity;
        if (text.SequenceEqual("-Infinity"u8))
            return double.NegativeInfinity;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new JsonException("expected a number");
    }

    private static bool Is(JsonTokenType token, JsonTokenType wanted) => token == wanted
        || (token == JsonTokenType.Null ? false : throw new JsonException($"expected {wanted}"));
}
