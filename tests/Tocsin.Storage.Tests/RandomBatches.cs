using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests;

/// <summary>
/// Batches of any shape: all types, missing, repeated, empty and nested fields, few or many distinct values.
/// </summary>
internal sealed class RandomBatches(int seed)
{
    private static readonly string[] s_words =
        ["timeout", "user", "GET", "/api/v1", "Ünïcode", "", "500", "a_b", "reset by peer"];
    private readonly Random _random = FuzzSeed.Random(seed);

    public byte[] Next(int maxRows = 40, Dataset dataset = Dataset.Logs)
    {
        using var writer = new EventBatchWriter(dataset);
        int rows = _random.Next(1, maxRows + 1);
        for (int i = 0; i < rows; i++)
        {
            if (i == 0 || _random.Next(10) == 0)
                Stream(writer);
            Row(writer);
        }
        return writer.Encoded.ToArray();
    }

    private void Stream(EventBatchWriter writer)
    {
        writer.BeginStream();
        for (int i = _random.Next(3); i > 0; i--)
        {
            writer.Name(Utf8($"res.{_random.Next(3)}"));
            Some.Value(writer, Value(0));
        }
        writer.EndStream();
    }

    private void Row(EventBatchWriter writer)
    {
        // Mostly one hour, sometimes other days, sometimes the ends of time.
        long time = _random.Next(50) switch
        {
            0 => long.MinValue,
            1 => long.MaxValue,
            2 => 0,
            3 => Some.Noon.Add(TimeSpan.FromDays(-_random.Next(5))).UnixNanos,
            _ => Some.Noon.Add(TimeSpan.FromSeconds(_random.Next(3600))).UnixNanos + _random.Next(3),
        };
        byte[] trace = _random.Next(2) == 0 ? [] : Some.TraceId(_random.Next(5));
        byte[] span = _random.Next(2) == 0 ? [] : Some.SpanId(_random.Next(200));
        writer.BeginRow(
            new Instant(time), new Instant(_random.Next(9) == 0 ? long.MinValue : unchecked(time + _random.Next(5))),
            (byte)_random.Next(25), trace, span);
        if (_random.Next(10) != 0)
        {
            writer.Name(Fields.Body);
            writer.String(Utf8($"{Word()} {Word()} {_random.Next(1000)}"));
        }
        for (int i = _random.Next(8); i > 0; i--)
        {
            int name = _random.Next(12);
            writer.Name(name == 0 ? [0xFF, 0xFE] : Utf8($"f{name}"));
            Some.Value(writer, name switch
            {
                1 => _random.NextInt64(long.MinValue, long.MaxValue),
                2 => (object)(long)_random.Next(4),
                3 => _random.NextDouble(),
                4 => Bytes(8),
                5 => Word(),
                6 => "constant",
                _ => Value(0),
            });
        }
        writer.EndRow();
    }

    private object? Value(int depth) => _random.Next(depth > 3 ? 7 : 9) switch
    {
        0 => null,
        1 => _random.Next(2) == 0,
        2 => _random.NextInt64(-100, 100),
        3 => _random.Next(3) == 0 ? double.NaN : 1.0,
        4 => Bytes(_random.Next(12)),
        5 => new string('x', _random.Next(400)),
        6 => Word(),
        7 => Enumerable.Range(0, _random.Next(4)).Select(_ => Value(depth + 1)).ToArray(),
        _ => Enumerable.Range(0, _random.Next(4)).ToDictionary(i => $"k{i}", _ => Value(depth + 1)),
    };

    private string Word() => s_words[_random.Next(s_words.Length)];

    private byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
