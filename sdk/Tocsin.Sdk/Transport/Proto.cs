using System.Buffers.Binary;
using TocsinSdk.Logging;

namespace TocsinSdk.Transport;

/// <summary>Protocol buffers, written. A message whose length is not known yet gets a padded one, which readers take.</summary>
internal static class Proto
{
    public const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    /// <summary>Bytes of the length of a message of at most <paramref name="bound"/> bytes.</summary>
    public static int Width(int bound) => bound < 1 << 7 ? 1 : bound < 1 << 14 ? 2 : bound < 1 << 21 ? 3 : 5;

    /// <summary>Bytes of a varint.</summary>
    public static int SizeOf(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    public static void Tag(this Utf8Text to, int field, int type) => to.Append((byte)(field << 3 | type));

    public static void Number(this Utf8Text to, int field, ulong value)
    {
        to.Tag(field, Varint);
        to.RawVarint(value);
    }

    public static void RawVarint(this Utf8Text to, ulong value)
    {
        var room = to.Room(10);
        var n = 0;
        while (value >= 0x80)
        {
            room[n++] = (byte)(value | 0x80);
            value >>= 7;
        }
        room[n++] = (byte)value;
        to.Advance(n);
    }

    public static void Long(this Utf8Text to, int field, ulong value)
    {
        to.Tag(field, Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(to.Room(8), value);
        to.Advance(8);
    }

    public static void Int(this Utf8Text to, int field, uint value)
    {
        to.Tag(field, Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(to.Room(4), value);
        to.Advance(4);
    }

    public static void Field(this Utf8Text to, int field, ReadOnlySpan<byte> bytes)
    {
        to.Tag(field, Bytes);
        to.RawVarint((ulong)bytes.Length);
        to.Append(bytes);
    }

    public static void Field(this Utf8Text to, int field, ReadOnlySpan<char> text)
    {
        to.Tag(field, Bytes);
        var width = Width(text.Length * 3);
        var at = to.Skip(width);
        to.Append(text);
        to.Patch(at, width);
    }

    /// <summary>Begins a message; the result is for <see cref="Patch"/>.</summary>
    public static int Begin(this Utf8Text to, int field, int width)
    {
        to.Tag(field, Bytes);
        return to.Skip(width);
    }

    /// <summary>Ends what began at <paramref name="at"/>: everything since is its content.</summary>
    public static void Patch(this Utf8Text to, int at, int width)
    {
        var length = to.Length - at - width;
        var room = to.Change(at, width);
        for (var i = 0; i < width; i++, length >>= 7)
            room[i] = (byte)(i < width - 1 ? length & 0x7f | 0x80 : length & 0x7f);
    }

    private static int Skip(this Utf8Text to, int bytes)
    {
        var at = to.Length;
        to.Room(bytes)[..bytes].Clear();
        to.Advance(bytes);
        return at;
    }
}

/// <summary>The fields of one message, read in place from bytes that may be anything.</summary>
internal ref struct ProtoFields(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    public int Field { get; private set; }
    public int Type { get; private set; }
    public ulong Value { get; private set; }
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Tag and length included.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    public bool Broken { get; private set; }

    public bool Next()
    {
        var all = _rest;
        if (all.IsEmpty || Broken)
            return false;
        if (!Varint(out var tag) || tag >> 3 is 0 or > 1 << 28)
            return Fail();
        (Field, Type) = ((int)(tag >> 3), (int)(tag & 7));
        Content = default;
        ulong value = 0;
        var ok = Type switch
        {
            Proto.Varint => Varint(out value),
            Proto.Fixed64 => Take(8),
            Proto.Fixed32 => Take(4),
            Proto.Bytes => Varint(out value) && value <= (ulong)_rest.Length && Take((int)value),
            _ => false,
        };
        Value = value;
        Whole = all[..(all.Length - _rest.Length)];
        return ok || Fail();
    }

    private bool Fail()
    {
        Broken = true;
        return false;
    }

    private bool Take(int bytes)
    {
        if (_rest.Length < bytes)
            return false;
        Content = _rest[..bytes];
        _rest = _rest[bytes..];
        return true;
    }

    private bool Varint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7f) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}

/// <summary>What a success says about items that were not taken: ExportPartialSuccess, the same for every signal.</summary>
internal static class PartialSuccess
{
    public static long Rejected(ReadOnlySpan<byte> response)
    {
        var fields = new ProtoFields(response);
        while (fields.Next())
        {
            if (fields.Field != 1 || fields.Type != Proto.Bytes)
                continue;
            var partial = new ProtoFields(fields.Content);
            while (partial.Next())
                if (partial is { Field: 1, Type: Proto.Varint })
                    return partial.Value > int.MaxValue ? 0 : (long)partial.Value;
        }
        return 0;
    }
}
