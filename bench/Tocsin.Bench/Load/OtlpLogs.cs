using System.Buffers.Binary;
using System.Text;

namespace Tocsin.Bench.Load;

/// <summary>
/// Builds ExportLogsServiceRequest messages by hand (opentelemetry-proto, logs.proto): real-looking messages of many
/// templates, 70 % with trace ids, eight attributes of mixed cardinality, about 385 bytes a record on the wire.
/// </summary>
internal sealed class OtlpLogs(int seed)
{
    private static readonly string[] s_verbs = ["Loaded", "Stored", "Refused", "Retried", "Queued", "Priced", "Synced", "Dropped", "Parsed", "Sent"];
    private static readonly string[] s_nouns = ["booking", "invoice", "session", "payment", "profile", "report", "basket", "message", "coupon", "seat"];
    private static readonly string[] s_reasons = ["for customer", "from upstream", "after timeout", "in batch", "on shard", "by policy"];
    private readonly Random _random = new(seed);
    private byte[] _buffer = new byte[1 << 20];
    private int _length;

    /// <summary>One request body with <paramref name="records"/> records around <paramref name="unixNanos"/>.</summary>
    public byte[] Request(int records, long unixNanos)
    {
        _length = 0;
        int service = _random.Next(20);
        int resourceLogs = Open(1);
        int resource = Open(1);
        Attribute(1, "service.name", $"service-{service}");
        Attribute(1, "host.name", $"host-{service}-{_random.Next(5)}");
        Attribute(1, "service.version", "1.4.2");
        Close(resource);
        int scopeLogs = Open(2);
        for (int i = 0; i < records; i++)
            Record(unixNanos + i * 1000L);
        Close(scopeLogs);
        Close(resourceLogs);
        return _buffer.AsSpan(0, _length).ToArray();
    }

    private void Record(long unixNanos)
    {
        int record = Open(2);
        int severity = _random.Next(100) switch { < 2 => 17, < 8 => 13, < 80 => 9, < 95 => 5, _ => 1 };
        Fixed64(1, unixNanos);
        Tag(2, 0);
        Varint((ulong)severity);
        int body = Open(5);
        Text(1, $"{s_verbs[_random.Next(10)]} {s_nouns[_random.Next(10)]} {_random.Next(1_000_000)} {s_reasons[_random.Next(6)]} "
            + $"{_random.Next(100_000)} in {_random.Next(1, 3000)} ms");
        Close(body);
        Attribute(6, "request.id", Hex(16));
        Attribute(6, "user.id", $"user-{_random.Next(100_000)}");
        Attribute(6, "client.address", $"10.{_random.Next(4)}.{_random.Next(50)}.{_random.Next(50)}");
        Attribute(6, "url.path", $"/api/v1/{s_nouns[_random.Next(10)]}/{_random.Next(20)}");
        Attribute(6, "http.method", _random.Next(3) == 0 ? "POST" : "GET");
        Attribute(6, "logger", $"Shop.{s_nouns[_random.Next(10)]}.Service");
        Number(6, "http.status_code", _random.Next(50) == 0 ? 500 : 200);
        Real(6, "duration_ms", Math.Round(_random.NextDouble() * 900, 3));
        if (_random.Next(10) < 7)
        {
            Bytes(9, 16);
            Bytes(10, 8);
        }
        Fixed64(11, unixNanos);
        Close(record);
    }

    private string Hex(int bytes)
    {
        Span<byte> id = stackalloc byte[bytes];
        _random.NextBytes(id);
        return Convert.ToHexStringLower(id);
    }

    private void Attribute(int field, string key, string value)
    {
        int pair = Open(field);
        Text(1, key);
        int any = Open(2);
        Text(1, value);
        Close(any);
        Close(pair);
    }

    private void Number(int field, string key, long value)
    {
        int pair = Open(field);
        Text(1, key);
        int any = Open(2);
        Tag(3, 0);
        Varint((ulong)value);
        Close(any);
        Close(pair);
    }

    private void Real(int field, string key, double value)
    {
        int pair = Open(field);
        Text(1, key);
        int any = Open(2);
        Fixed64(4, BitConverter.DoubleToInt64Bits(value));
        Close(any);
        Close(pair);
    }

    private void Bytes(int field, int count)
    {
        Tag(field, 2);
        Varint((ulong)count);
        Room(count);
        _random.NextBytes(_buffer.AsSpan(_length, count));
        _length += count;
    }

    private void Text(int field, string value)
    {
        Tag(field, 2);
        int count = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)count);
        Room(count);
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    private void Fixed64(int field, long value)
    {
        Tag(field, 1);
        Room(8);
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_length), value);
        _length += 8;
    }

    private void Tag(int field, int wire) => Varint((ulong)(field << 3 | wire));

    private void Varint(ulong value)
    {
        Room(10);
        while (value >= 0x80)
        {
            _buffer[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[_length++] = (byte)value;
    }

    // A message's length is not known before its end: four bytes are kept for it, written as a padded varint.
    private int Open(int field)
    {
        Tag(field, 2);
        Room(4);
        _length += 4;
        return _length;
    }

    private void Close(int start)
    {
        int length = _length - start;
        for (int i = 0; i < 3; i++)
            _buffer[start - 4 + i] = (byte)(length >> (7 * i) & 0x7F | 0x80);
        _buffer[start - 1] = (byte)(length >> 21 & 0x7F);
    }

    private void Room(int count)
    {
        if (_buffer.Length - _length < count + 16)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
