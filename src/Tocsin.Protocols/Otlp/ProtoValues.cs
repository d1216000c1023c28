using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>Decodes KeyValue and AnyValue, the recursive part of OTLP. False means malformed.</summary>
internal static class ProtoValues
{
    private const int Key = 1 << 3 | ProtoReader.Length, Value = 2 << 3 | ProtoReader.Length;

    // AnyValue
    private const int StringValue = 1 << 3 | ProtoReader.Length, BoolValue = 2 << 3 | ProtoReader.Varint,
        IntValue = 3 << 3 | ProtoReader.Varint, DoubleValue = 4 << 3 | ProtoReader.Fixed64,
        ArrayValue = 5 << 3 | ProtoReader.Length, MapValue = 6 << 3 | ProtoReader.Length,
        BytesValue = 7 << 3 | ProtoReader.Length;

    // ArrayValue, KeyValueList
    private const int Items = 1 << 3 | ProtoReader.Length;

    /// <summary>
    /// Writes every KeyValue that stands under <paramref name="tag"/> in the message as an attribute.
    /// </summary>
    public static bool WriteAttributes(ReadOnlySpan<byte> message, int tag, IngestWriter writer)
    {
        var fields = new ProtoReader(message);
        while (fields.Next())
        {
            if (fields.Tag == tag && !WriteAttribute(fields.Bytes, writer))
                return false;
        }
        return !fields.Broken;
    }

    public static bool WriteAttribute(ReadOnlySpan<byte> keyValue, IngestWriter writer)
    {
        if (TryCut(keyValue, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value))
        {
            writer.Attribute(key);
            return WriteValue(value, writer);
        }
        var fields = new ProtoReader(keyValue);
        while (fields.Next())
        {
            if (fields.Tag == Key)
                key = fields.Bytes;
            else if (fields.Tag == Value)
                value = fields.Bytes;
        }
        if (fields.Broken)
            return false;
        writer.Attribute(key);
        return WriteValue(value, writer);
    }

    /// <summary>
    /// The one form in which every exporter writes a short pair: key, then value, nothing else. Anything else is false.
    /// </summary>
    private static bool TryCut(ReadOnlySpan<byte> keyValue, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = default;
        if (keyValue.Length < 4 || keyValue[0] != Key || keyValue[1] >= 0x80)
            return false;
        int at = 2 + keyValue[1];
        if (keyValue.Length < at + 2 || keyValue[at] != Value || keyValue[at + 1] >= 0x80
            || at + 2 + keyValue[at + 1] != keyValue.Length)
            return false;
        key = keyValue[2..at];
        value = keyValue[(at + 2)..];
        return true;
    }

    /// <summary>Writes one AnyValue; of several members of the oneof the last counts, none is null.</summary>
    public static bool WriteValue(ReadOnlySpan<byte> anyValue, IngestWriter writer)
    {
        // A short text and nothing else.
        if (anyValue.Length >= 2 && anyValue[0] == StringValue && anyValue[1] == anyValue.Length - 2 && anyValue[1] < 0x80)
        {
            writer.String(anyValue[2..]);
            return true;
        }
        int tag = 0;
        ulong number = 0;
        ReadOnlySpan<byte> bytes = default;
        var fields = new ProtoReader(anyValue);
        while (fields.Next())
        {
            if (fields.Tag is not (StringValue or BoolValue or IntValue or DoubleValue or ArrayValue or MapValue
                or BytesValue))
                continue;
            tag = fields.Tag;
            number = fields.Number;
            bytes = fields.Bytes;
        }
        switch (tag)
        {
            case StringValue: writer.String(bytes); break;
            case BoolValue: writer.Bool(number != 0); break;
            case IntValue: writer.Int((long)number); break;
            case DoubleValue: writer.Double(BitConverter.UInt64BitsToDouble(number)); break;
            case BytesValue: writer.Bytes(bytes); break;
            case ArrayValue: return WriteArray(bytes, writer) && !fields.Broken;
            case MapValue: return WriteMap(bytes, writer) && !fields.Broken;
            default: writer.Null(); break;
        }
        return !fields.Broken;
    }

    private static bool WriteArray(ReadOnlySpan<byte> arrayValue, IngestWriter writer)
    {
        if (!writer.BeginArray())
            return true;
        var fields = new ProtoReader(arrayValue);
        while (fields.Next())
        {
            if (fields.Tag == Items && !WriteValue(fields.Bytes, writer))
                return false;
        }
        writer.EndArray();
        return !fields.Broken;
    }

    private static bool WriteMap(ReadOnlySpan<byte> keyValueList, IngestWriter writer)
    {
        if (!writer.BeginMap())
            return true;
        if (!WriteAttributes(keyValueList, Items, writer))
            return false;
        writer.EndMap();
        return true;
    }
}
