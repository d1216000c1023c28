using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Testing;

/// <summary>Test data that says only what matters to the test.</summary>
public static class Some
{
    /// <summary>2026-03-14T15:00:00Z, a full hour.</summary>
    public static readonly Instant Noon = Instant.From(new DateTimeOffset(2026, 3, 14, 15, 0, 0, TimeSpan.Zero));

    public static byte[] TraceId(int n) => [.. Enumerable.Repeat((byte)(n + 1), 16)];

    public static byte[] SpanId(int n) => [.. Enumerable.Repeat((byte)(n + 1), 8)];

    public static SomeLog Log(string body, double seconds = 0) => new(body, Noon.Add(TimeSpan.FromSeconds(seconds)));

    /// <summary>One encoded batch with these rows.</summary>
    public static byte[] Batch(params SomeLog[] logs)
    {
        using var writer = new EventBatchWriter(logs.Length > 0 ? logs[0].Dataset : Dataset.Logs);
        foreach (IGrouping<(string Service, string Host), SomeLog> stream in logs.GroupBy(l => (l.Service, l.Host)))
        {
            writer.BeginStream();
            Text(writer, "service.name", stream.Key.Service);
            Text(writer, "host.name", stream.Key.Host);
            writer.EndStream();
            foreach (SomeLog log in stream)
                Row(writer, log);
        }
        return writer.Encoded.ToArray();
    }

    /// <summary>A batch of so many plain rows, one millisecond apart.</summary>
    public static byte[] Rows(int count, int startMilliseconds = 0) =>
        Batch([.. Enumerable.Range(startMilliseconds, count).Select(i => Log($"row {i}", i / 1000.0))]);

    private static void Row(EventBatchWriter writer, SomeLog log)
    {
        writer.BeginRow(log.Time, log.Time.Add(TimeSpan.FromMilliseconds(3)), log.Severity, log.TraceId, log.SpanId);
        if (log.Body is not null)
            Text(writer, log.Dataset == Dataset.Spans ? "@name" : "@body", log.Body);
        foreach ((string name, object? value) in log.Attributes)
        {
            writer.Name(Encoding.UTF8.GetBytes(name));
            Value(writer, value);
        }
        writer.EndRow();
    }

    private static void Text(EventBatchWriter writer, string name, string value)
    {
        writer.Name(Encoding.UTF8.GetBytes(name));
        writer.String(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>
    /// Writes a plain .NET value: null, bool, int, long, double, string, byte[], object[] or a dictionary.
    /// </summary>
    public static void Value(EventBatchWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.Null(); break;
            case bool b: writer.Bool(b); break;
            case int i: writer.Int(i); break;
            case long l: writer.Int(l); break;
            case double d: writer.Double(d); break;
            case string s: writer.String(Encoding.UTF8.GetBytes(s)); break;
            case byte[] b: writer.Bytes(b); break;
            case object?[] items:
                writer.BeginArray();
                foreach (object? item in items)
                    Value(writer, item);
                writer.EndArray();
                break;
            case IReadOnlyDictionary<string, object?> map:
                writer.BeginMap();
                foreach ((string name, object? item) in map)
                {
                    writer.Name(Encoding.UTF8.GetBytes(name));
                    Value(writer, item);
                }
                writer.EndMap();
                break;
            default: throw new ArgumentException($"no encoding for {value.GetType()}", nameof(value));
        }
    }
}

/// <summary>A log record or span to be: change it with <c>with</c>.</summary>
public sealed record SomeLog(string? Body, Instant Time)
{
    public Dataset Dataset { get; init; } = Dataset.Logs;
    public byte Severity { get; init; } = Model.Severity.Info;
    public string Service { get; init; } = "api";
    public string Host { get; init; } = "box";
    public byte[] TraceId { get; init; } = [];
    public byte[] SpanId { get; init; } = [];
    public (string Name, object? Value)[] Attributes { get; init; } = [];

    public SomeLog With(params (string Name, object? Value)[] attributes) => this with { Attributes = attributes };
}
