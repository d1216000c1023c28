using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Tocsin.Model.Events;

/// <summary>One typed value inside an encoded batch: a view, not a copy.</summary>
public readonly ref struct FieldValue
{
    private FieldValue(ValueKind kind, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> encoded)
    {
        Kind = kind;
        Payload = payload;
        Encoded = encoded;
    }

    public ValueKind Kind { get; }

    /// <summary>UTF-8 text of a String, bytes of Bytes, encoded items of an Array, encoded fields of a Map, 8 bytes of a number.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Tag and payload as they stand in the batch; may be copied with <see cref="EventBatchWriter.Raw"/>.</summary>
    public ReadOnlySpan<byte> Encoded { get; }

    public bool AsBool => Kind == ValueKind.True;

    public long AsInt => Kind == ValueKind.Int
        ? BinaryPrimitives.ReadInt64LittleEndian(Payload)
        : throw new InvalidOperationException($"value is {Kind}");

    public double AsDouble => Kind == ValueKind.Double
        ? BinaryPrimitives.ReadDoubleLittleEndian(Payload)
        : throw new InvalidOperationException($"value is {Kind}");

    public FieldReader AsMap => new(Kind == ValueKind.Map ? Payload : default);

    public ValueReader AsArray => new(Kind == ValueKind.Array ? Payload : default);

    /// <summary>Plain text: strings as they are, numbers invariant, bytes as lower-case hex, arrays and maps as JSON.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Null => "",
        ValueKind.False => "false",
        ValueKind.True => "true",
        ValueKind.Int => AsInt.ToString(),
        ValueKind.Double => AsDouble.ToString("R"),
        ValueKind.String => Encoding.UTF8.GetString(Payload),
        ValueKind.Bytes => Convert.ToHexStringLower(Payload),
        _ => ToJson(),
    };

    /// <summary>
    /// Writes the value as JSON. Integers beyond 2^53 and non-finite doubles are written as strings, bytes as lower-case hex.
    /// </summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        switch (Kind)
        {
            case ValueKind.Null: json.WriteNullValue(); break;
            case ValueKind.False: json.WriteBooleanValue(false); break;
            case ValueKind.True: json.WriteBooleanValue(true); break;
            case ValueKind.Int:
                long n = AsInt;
                if (n is > 9007199254740991 or < -9007199254740991)
                    json.WriteStringValue(n.ToString());
                else
                    json.WriteNumberValue(n);
                break;
            case ValueKind.Double:
                double d = AsDouble;
                if (double.IsFinite(d))
                    json.WriteNumberValue(d);
                else
                    json.WriteStringValue(d.ToString());
                break;
            case ValueKind.String: json.WriteStringValue(Payload); break;
            case ValueKind.Bytes: json.WriteStringValue(Convert.ToHexStringLower(Payload)); break;
            case ValueKind.Array:
                json.WriteStartArray();
                ValueReader items = AsArray;
                while (items.MoveNext())
                    items.Value.WriteJson(json);
                json.WriteEndArray();
                break;
            case ValueKind.Map:
                json.WriteStartObject();
                FieldReader fields = AsMap;
                while (fields.MoveNext())
                {
                    json.WritePropertyName(fields.Name);
                    fields.Value.WriteJson(json);
                }
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>Cuts one value off the front of <paramref name="rest"/>.</summary>
    public static FieldValue Read(scoped ref ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> whole = rest;
        (int start, int end) = Measure(whole);
        rest = whole[end..];
        return new FieldValue((ValueKind)whole[0], whole[start..end], whole[..end]);
    }

    /// <summary>Bytes of the value that <paramref name="rest"/> begins with.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> rest) => Measure(rest).End;

    /// <summary>Where the payload of the value begins and ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int Start, int End) Measure(ReadOnlySpan<byte> whole)
    {
        // Most values are short texts.
        if (whole.Length > 1 && whole[0] == (byte)ValueKind.String && whole[1] < 0x80 && whole.Length - 2 >= whole[1])
            return (2, 2 + whole[1]);
        return MeasureAny(whole);
    }

    private static (int Start, int End) MeasureAny(ReadOnlySpan<byte> whole)
    {
        if (whole.Length == 0)
            throw new InvalidDataException("value is missing");
        int start, length;
        switch ((ValueKind)whole[0])
        {
            case ValueKind.Int or ValueKind.Double:
                (start, length) = (1, 8);
                break;
            case ValueKind.Null or ValueKind.False or ValueKind.True:
                (start, length) = (1, 0);
                break;
            case ValueKind.String or ValueKind.Bytes:
                ReadOnlySpan<byte> after = whole[1..];
                length = ReadVarint(ref after);
                start = whole.Length - after.Length;
                break;
            case ValueKind.Array or ValueKind.Map:
                start = 5;
                length = whole.Length < 5 ? int.MaxValue : BinaryPrimitives.ReadInt32LittleEndian(whole[1..]);
                break;
            default:
                throw new InvalidDataException($"value kind {whole[0]} is not known");
        }
        if ((uint)length > (uint)Math.Max(0, whole.Length - start))
            throw new InvalidDataException("value reaches past its container");
        return (start, start + length);
    }

    internal static int ReadVarint(scoped ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length > 0 && rest[0] < 0x80)
        {
            int small = rest[0];
            rest = rest[1..];
            return small;
        }
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte b = Cut(ref rest, 1)[0];
            value |= (uint)(b & 0x7F) << shift;
            if (b < 0x80)
                return value <= int.MaxValue ? (int)value : throw new InvalidDataException("length is negative");
        }
        throw new InvalidDataException("length has too many bytes");
    }

    internal static ReadOnlySpan<byte> Cut(scoped ref ReadOnlySpan<byte> rest, int length)
    {
        if ((uint)length > (uint)rest.Length)
            throw new InvalidDataException("value reaches past its container");
        ReadOnlySpan<byte> cut = rest[..length];
        rest = rest[length..];
        return cut;
    }

    private string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            WriteJson(json);
        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
