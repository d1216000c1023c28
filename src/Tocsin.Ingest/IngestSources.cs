using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Ingest;

/// <summary>One service that sends, and when it was heard of.</summary>
public sealed record IngestSource(string Service, long Records, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>
/// Who sends: record counts and last-seen times per service.name. The longest silent service makes room for a new
/// one.
/// </summary>
public sealed class IngestSources(TimeProvider clock) : IIngestTap
{
    internal const int MaxServices = 1000;
    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], Entry> _services = new(Utf8Comparer.Instance);

    public void OnStored(ReadOnlyMemory<byte> batch)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var rows = new EventBatchReader(batch.Span);
        ReadOnlySpan<byte> stream = default;
        long records = 0;
        while (rows.MoveNext())
        {
            if (rows.Stream != stream)
            {
                Count(stream, records, now);
                stream = rows.Stream;
                records = 0;
            }
            records++;
        }
        Count(stream, records, now);
    }

    /// <summary>Most recently heard first.</summary>
    public IReadOnlyList<IngestSource> Snapshot()
    {
        lock (_lock)
        {
            return [.. _services.Values
                .OrderByDescending(e => e.LastSeen)
                .Select(e => new IngestSource(e.Service, e.Records, e.FirstSeen, e.LastSeen))];
        }
    }

    private void Count(ReadOnlySpan<byte> stream, long records, DateTimeOffset now)
    {
        if (records == 0)
            return;
        ReadOnlySpan<byte> service = FieldReader.TryGet(stream, "service.name"u8, out FieldValue name)
            && name.Kind == ValueKind.String && name.Payload.Length > 0 ? name.Payload : "unknown_service"u8;
        if (service.Length > 256)
            service = service[..256];
        lock (_lock)
        {
            var byName = _services.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (!byName.TryGetValue(service, out Entry? entry))
            {
                if (_services.Count >= MaxServices)
                    _services.Remove(_services.MinBy(s => s.Value.LastSeen).Key);
                byName[service] = entry = new Entry(System.Text.Encoding.UTF8.GetString(service), now);
            }
            entry.Records += records;
            entry.LastSeen = now;
        }
    }

    private sealed class Entry(string service, DateTimeOffset firstSeen)
    {
        public string Service => service;
        public DateTimeOffset FirstSeen => firstSeen;
        public DateTimeOffset LastSeen { get; set; }
        public long Records { get; set; }
    }
}
