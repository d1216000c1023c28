using System.Buffers;
using Tocsin.Ingest;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Loki;

/// <summary>
/// What both encodings agree on: a stream's labels become the resource, an entry becomes a record. One per request.
/// </summary>
/// <remarks>
/// Call order: Begin, AddLabel for each label, End; then for each entry BeginEntry, Look at each of its metadata,
/// BeginRow; when that is true Metadata for each again, and EndRow of the writer.
/// </remarks>
internal ref struct LokiStream(IngestWriter writer)
{
    private readonly byte[] _ids = new byte[HexId.TraceBytes + HexId.SpanBytes];
    private readonly ArrayBufferWriter<byte> _text = new(256);
    private readonly List<(int Name, int Value, int End)> _labels = [];
    private ReadOnlySpan<byte> _level;
    private ReadOnlySpan<byte> _traceId;
    private ReadOnlySpan<byte> _spanId;

    public readonly void Begin()
    {
        _text.ResetWrittenCount();
        _labels.Clear();
    }

    public readonly void AddLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int start = _text.WrittenCount;
        _text.Write(name);
        _text.Write(value);
        _labels.Add((start, start + name.Length, start + name.Length + value.Length));
    }

    public readonly void End()
    {
        writer.BeginResource();
        Derive(CommonNames.Service, First("service_name"u8, "service"u8, "app"u8, "application"u8, "container"u8, "job"u8));
        Derive(CommonNames.Host, First("host"u8, "hostname"u8, "node"u8, "node_name"u8));
        for (int i = 0; i < _labels.Count; i++)
        {
            writer.Attribute(Name(i));
            writer.String(Value(i));
        }
        writer.EndResource();
    }

    public void BeginEntry()
    {
        _level = default;
        _traceId = _spanId = default;
    }

    /// <summary>Severity and ids are needed before the record can begin.</summary>
    public void Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (IsLevel(name))
            _level = name.Length == 5 || _level.IsEmpty ? value : _level;
        else if (CommonNames.IsTraceId(name))
            _traceId = HexId.Read(value, _ids.AsSpan(0, HexId.TraceBytes));
        else if (CommonNames.IsSpanId(name))
            _spanId = HexId.Read(value, _ids.AsSpan(HexId.TraceBytes));
    }

    /// <summary>As <see cref="IngestWriter.BeginRow"/>; the line is written when it answers true.</summary>
    public readonly bool BeginRow(ulong unixNanos, ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> level = _level;
        if (level.IsEmpty)
            level = First("level"u8, "detected_level"u8, "severity"u8);
        if (!writer.BeginRow(unixNanos, 0, 0, level, _traceId, _spanId))
            return false;
        writer.Field(Fields.Body);
        writer.String(line);
        return true;
    }

    /// <summary>Writes one of the entry's structured metadata; ids that became the record's own are not repeated.</summary>
    public readonly void Metadata(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if ((CommonNames.IsTraceId(name) && !_traceId.IsEmpty) || (CommonNames.IsSpanId(name) && !_spanId.IsEmpty))
            return;
        writer.Attribute(name);
        writer.String(value);
    }

    private static bool IsLevel(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("level"u8) || name.SequenceEqual("detected_level"u8) || name.SequenceEqual("severity"u8);

    private readonly void Derive(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || !Find(field).IsEmpty)
            return;
        writer.Attribute(field);
        writer.String(value);
    }

    private readonly ReadOnlySpan<byte> First(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d = default,
        ReadOnlySpan<byte> e = default, ReadOnlySpan<byte> f = default)
    {
        ReadOnlySpan<byte> found = Find(a);
        if (found.IsEmpty)
            found = Find(b);
        if (found.IsEmpty)
            found = Find(c);
        if (found.IsEmpty)
            found = Find(d);
        if (found.IsEmpty)
            found = Find(e);
        return found.IsEmpty ? Find(f) : found;
    }

    private readonly ReadOnlySpan<byte> Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _labels.Count; i++)
        {
            if (Name(i).SequenceEqual(name))
                return Value(i);
        }
        return default;
    }

    private readonly ReadOnlySpan<byte> Name(int i) => _text.WrittenSpan[_labels[i].Name.._labels[i].Value];

    private readonly ReadOnlySpan<byte> Value(int i) => _text.WrittenSpan[_labels[i].Value.._labels[i].End];
}
