using System.Text;
using TocsinSdk.Logging;

namespace TocsinSdk.Transport;

/// <summary>The name of an attribute of a LogRecord, encoded once; writes attributes of that name.</summary>
internal sealed class OtlpKey
{
    // Of KeyValue, and of AnyValue.
    private const int Key = 1, Value = 2, TextValue = 1, BooleanValue = 2, IntegerValue = 3, RealValue = 4;

    /// <summary>The field Key: tag, length, name.</summary>
    private readonly byte[] _key;

    public OtlpKey(string name)
    {
        Name = Encoding.UTF8.GetBytes(name);
        var field = new Utf8Text(Name.Length + 8);
        field.Field(Key, Name);
        _key = field.Written.ToArray();
    }

    public byte[] Name { get; }

    public void Write(Utf8Text to, ReadOnlySpan<byte> text)
    {
        Begin(to, 1 + Proto.SizeOf((uint)text.Length) + text.Length);
        to.Field(TextValue, text);
    }

    public void Write(Utf8Text to, string text)
    {
        // A character is at most three bytes, and two of them share four.
        var room = text.Length * 3;
        Span<byte> utf8 = room <= 512 ? stackalloc byte[room] : new byte[room];
        Write(to, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    public void Write(Utf8Text to, long number)
    {
        Begin(to, 1 + Proto.SizeOf((ulong)number));
        to.Number(IntegerValue, (ulong)number);
    }

    public void Write(Utf8Text to, bool truth)
    {
        Begin(to, 2);
        to.Number(BooleanValue, truth ? 1u : 0);
    }

    public void Write(Utf8Text to, double number)
    {
        Begin(to, 9);
        to.Long(RealValue, BitConverter.DoubleToUInt64Bits(number));
    }

    /// <param name="to">The record.</param>
    /// <param name="length">Of the AnyValue that follows.</param>
    private void Begin(Utf8Text to, int length)
    {
        to.Tag(OtlpLog.Attributes, Proto.Bytes);
        to.RawVarint((uint)(_key.Length + 1 + Proto.SizeOf((uint)length) + length));
        to.Append(_key);
        to.Tag(Value, Proto.Bytes);
        to.RawVarint((uint)length);
    }
}
