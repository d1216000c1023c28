using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Protocols.Shared;

/// <summary>
/// Decodes one object: a first walk finds the members that mean something and proves the whole to be JSON, a second
/// writes the others.
/// </summary>
internal sealed class JsonLine(FieldMap map, LineStream stream, LineErrors errors, IngestWriter writer)
{
    // Much longer than any record the limit lets through, whatever its escapes; spares the walk over it.
    private const int MaxLineBytes = 4 << 20;

    // Of nested members that are looked for under names with dots.
    private const int MaxName = 128;

    private static readonly byte[] s_service = CommonNames.Service.ToArray(), s_host = CommonNames.Host.ToArray();
    private readonly byte[] _ids = new byte[HexId.TraceBytes + HexId.SpanBytes];

    // Where the members that are not written again begin.
    private readonly long[] _taken = new long[7];

    public void Decode(ReadOnlySpan<byte> line, int number)
    {
        if (line.Length > MaxLineBytes)
        {
            writer.Reject(RejectReason.RecordTooLarge);
            errors.Rejected(number, writer);
            return;
        }
        if (errors.TooMany || line[0] != '{')
        {
            errors.Malformed(number, errors.TooMany ? "too many lines before it are not JSON" : "not a JSON object", writer);
            return;
        }
        try
        {
            if (!TryWrite(line, number))
                errors.Rejected(number, writer);
        }
        catch (JsonException wrong)
        {
            errors.Malformed(number, $"not JSON: {wrong.Message}", writer);
        }
    }

    // False when the writer rejected the record. What throws does so before the record is begun.
    private bool TryWrite(ReadOnlySpan<byte> line, int number)
    {
        Meanings found = default;
        ReadOnlySpan<byte> traceId = default, spanId = default;
        _taken.AsSpan().Fill(-1);
        stream.Begin();
        var json = Open(line);
        while (JsonReading.NextMember(ref json))
        {
            ReadOnlySpan<byte> name = JsonReading.Name(ref json);
            long at = json.TokenStartIndex;
            json.Read();
            JsonTokenType type = json.TokenType;
            int start = (int)json.TokenStartIndex;
            bool text = type == JsonTokenType.String;
            if (text && traceId.IsEmpty && CommonNames.IsTraceId(name))
                TakeId(ref traceId, HexId.Read(json.ValueSpan, _ids.AsSpan(0, HexId.TraceBytes)), at, 5);
            else if (text && spanId.IsEmpty && CommonNames.IsSpanId(name))
                TakeId(ref spanId, HexId.Read(json.ValueSpan, _ids.AsSpan(HexId.TraceBytes)), at, 6);
            if (type == JsonTokenType.StartObject)
                LookInside(json, name, ref found);
            json.Skip();
            var slot = new Slot(at, start, (int)json.BytesConsumed, type);
            Offer(name, slot, ref found);
            AddStream(name, line[slot.Start..slot.End]);
        }
        if (json.Read())
            throw new JsonException("more text follows the object");
        if (!TryTime(line, found.Time, out ulong unixNanos) && map.Time.IsExact)
        {
            errors.Malformed(number, "the time cannot be read", writer);
            return true;
        }
        AddService(line, s_service, found.Service, 3);
        AddService(line, s_host, found.Host, 4);
        stream.End();
        Take(found.Time, 0, unixNanos != 0);
        return Write(line, unixNanos, Take(found.Message, 1), Take(found.Level, 2), traceId, spanId);
    }

    private void Offer(ReadOnlySpan<byte> name, Slot slot, ref Meanings found)
    {
        bool text = slot.Type == JsonTokenType.String;
        if (text || slot.Type == JsonTokenType.Number)
        {
            Slot.Offer(ref found.Time, slot, map.Time.Rank(name));
            Slot.Offer(ref found.Level, slot, map.Level.Rank(name));
        }
        if (text || map.Message.IsExact)
            Slot.Offer(ref found.Message, slot, map.Message.Rank(name));
        if (text)
        {
            Slot.Offer(ref found.Service, slot, map.Service.Rank(name));
            Slot.Offer(ref found.Host, slot, map.Host.Rank(name));
        }
    }

    /// <summary>{"log":{"level":"error"}} is log.level. Such a member also stays where it is.</summary>
    private void LookInside(Utf8JsonReader json, ReadOnlySpan<byte> prefix, ref Meanings found)
    {
        Span<byte> path = stackalloc byte[MaxName];
        while (JsonReading.NextMember(ref json))
        {
            ReadOnlySpan<byte> name = JsonReading.Name(ref json);
            int length = prefix.Length + 1 + name.Length;
            bool fits = length <= MaxName;
            if (fits)
            {
                prefix.CopyTo(path);
                path[prefix.Length] = (byte)'.';
                name.CopyTo(path[(prefix.Length + 1)..]);
            }
            json.Read();
            JsonTokenType type = json.TokenType;
            int start = (int)json.TokenStartIndex;
            if (fits && type == JsonTokenType.StartObject)
                LookInside(json, path[..length], ref found);
            json.Skip();
            if (fits)
                Offer(path[..length], new Slot(Slot.Inside, start, (int)json.BytesConsumed, type), ref found);
        }
    }

    private bool Write(
        ReadOnlySpan<byte> line, ulong unixNanos, Slot message, Slot level,
        ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId)
    {
        byte severity = ReadLevel(line, level, out ReadOnlySpan<byte> word);
        if (!writer.BeginRow(unixNanos, 0, severity, word, traceId, spanId))
            return false;
        if (!word.IsEmpty)
        {
            writer.Field(Fields.SeverityText);
            writer.String(word);
        }
        if (message.Found)
        {
            writer.Field(Fields.Body);
            WriteValue(line, message);
        }
        var json = Open(line);
        while (JsonReading.NextMember(ref json))
        {
            ReadOnlySpan<byte> name = JsonReading.Name(ref json);
            bool skip = _taken.AsSpan().Contains(json.TokenStartIndex) || IsStream(name);
            if (!skip)
                writer.Attribute(name);
            json.Read();
            if (skip)
                json.Skip();
            else
                JsonTree.Write(ref json, writer);
        }
        return writer.EndRow();
    }

    private static Utf8JsonReader Open(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader json = JsonReading.Open(line);
        json.Read();
        return json;
    }

    // A number stays an attribute, too: its scale is a guess.
    private byte ReadLevel(ReadOnlySpan<byte> line, Slot level, out ReadOnlySpan<byte> word)
    {
        word = default;
        if (!level.Found)
            return Severity.Unknown;
        Utf8JsonReader json = Open(line[level.Start..level.End]);
        if (json.TokenType == JsonTokenType.String)
        {
            word = json.ValueIsEscaped ? JsonReading.Unescape(json.ValueSpan) : json.ValueSpan;
            return Severity.Unknown;
        }
        _taken[2] = -1;
        return json.TryGetInt64(out long number) ? LevelNumber.From(number) : Severity.Unknown;
    }

    private static bool TryTime(ReadOnlySpan<byte> line, Slot time, out ulong unixNanos)
    {
        unixNanos = 0;
        if (!time.Found)
            return true;
        ReadOnlySpan<byte> text = line[time.Start..time.End];
        if (time.Type == JsonTokenType.String)
            text = text[1..^1];
        return TimeText.TryParse(text, out unixNanos) || TimeText.TryEpoch(text, out unixNanos);
    }

    private void WriteValue(ReadOnlySpan<byte> line, Slot slot)
    {
        Utf8JsonReader json = Open(line[slot.Start..slot.End]);
        JsonTree.Write(ref json, writer);
    }

    private Slot Take(Slot slot, int place, bool use = true)
    {
        if (slot.Found && use)
            _taken[place] = slot.Member;
        return slot;
    }

    private void TakeId(ref ReadOnlySpan<byte> id, scoped ReadOnlySpan<byte> found, long member, int place)
    {
        if (found.IsEmpty)
            return;
        id = place == 5 ? _ids.AsSpan(0, HexId.TraceBytes) : _ids.AsSpan(HexId.TraceBytes);
        _taken[place] = member;
    }

    // Under its own name the field moves to the resource; under another it is copied, so that both names find it.
    private void AddService(ReadOnlySpan<byte> line, byte[] name, Slot slot, int place)
    {
        if (!slot.Found || stream.IsConstant(name))
            return;
        stream.Add(name, line[slot.Start..slot.End]);
        ReadOnlySpan<byte> written = line[((int)slot.Member + 1)..];
        if (slot.Member != Slot.Inside && written.StartsWith(name) && written[name.Length] == '"')
            _taken[place] = slot.Member;
    }

    private void AddStream(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        foreach (byte[] field in map.Stream)
        {
            if (name.SequenceEqual(field) && !stream.IsConstant(field))
                stream.Add(field, value);
        }
    }

    private bool IsStream(ReadOnlySpan<byte> name)
    {
        foreach (byte[] field in map.Stream)
        {
            if (name.SequenceEqual(field))
                return !stream.IsConstant(field);
        }
        return false;
    }

    private struct Meanings
    {
        public Slot Time, Message, Level, Service, Host;
    }

    // Where a member and its value stand in the line.
    private readonly record struct Slot(long Member, int Start, int End, JsonTokenType Type, int Rank = -1)
    {
        /// <summary>Of a member inside another.</summary>
        public const long Inside = -1;

        public bool Found => End > 0;

        public static void Offer(ref Slot best, Slot slot, int rank)
        {
            if (rank >= 0 && (!best.Found || rank < best.Rank))
                best = slot with { Rank = rank };
        }
    }
}
