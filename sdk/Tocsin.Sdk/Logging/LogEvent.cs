using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.Logging;

/// <summary>
/// One log record as all sinks see it: redacted, rendered, with its context. Filled on the logging thread, which uses
/// the same object for its next record; a sink that keeps one copies it.
/// </summary>
internal sealed class LogEvent
{
    private const int FirstBytes = 2048, KeepBytes = 64 << 10, MaxFields = 64;

    [ThreadStatic]
    private static LogEvent? t_free;

    private readonly Utf8Text _json;
    private readonly byte[] _ids = new byte[24];
    private string? _traceOfIds, _spanOfIds;
    private LogField[] _fields;
    private int _messageAt, _messageLength;
    private bool _hasJson;
    private FrameText?[]? _frames;

    private LogEvent(int bytes, int fields)
    {
        _json = new Utf8Text(bytes);
        _fields = new LogField[fields];
        Text = new Utf8Text(bytes);
    }

    public DateTimeOffset Time { get; set; }
    public LogLevel Level { get; set; }
    public FieldKey Logger { get; set; } = null!;
    public EventId EventId { get; set; }
    public MessageTemplate? ParsedTemplate { get; set; }
    public Exception? Exception { get; set; }
    public ActivityTraceId TraceId { get; set; }
    public ActivitySpanId SpanId { get; set; }
    public ActivityTraceFlags TraceFlags { get; set; }
    public string? RequestId { get; set; }
    public string? UserId { get; set; }
    public string? SessionId { get; set; }
    public int ThreadId { get; set; }

    /// <summary>
    /// 16 bytes of <see cref="TraceId"/>, 8 of <see cref="SpanId"/>. A thread mostly logs for the same span again, so they are
    /// kept from one record to the next.
    /// </summary>
    public ReadOnlySpan<byte> Ids
    {
        get
        {
            if (!ReferenceEquals(_traceOfIds, TraceId.ToHexString()))
                TraceId.CopyTo(_ids.AsSpan(0, 16));
            if (!ReferenceEquals(_spanOfIds, SpanId.ToHexString()))
                SpanId.CopyTo(_ids.AsSpan(16, 8));
            (_traceOfIds, _spanOfIds) = (TraceId.ToHexString(), SpanId.ToHexString());
            return _ids;
        }
    }

    public string Category => Logger.Name;

    /// <summary>As written in the source, "{OrderId} shipped"; null when the logger was given no template.</summary>
    public string? Template => ParsedTemplate?.Text;

    /// <summary>Rendered and redacted, UTF-8.</summary>
    public ReadOnlySpan<byte> Message => Text.Slice(_messageAt, _messageLength);

    /// <summary>The values of the message, then those of the scopes around it; no name twice.</summary>
    public ReadOnlySpan<LogField> Fields => _fields.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>How many of <see cref="Fields"/> belong to the message itself.</summary>
    public int OwnCount { get; set; }

    /// <summary>Of <see cref="Exception"/>, looked up once however many sinks ask.</summary>
    internal FrameText?[] Frames => _frames ??= Exception is { } exception ? FrameText.Of(exception) : [];

    internal Utf8Text Text { get; }

    /// <summary>Bytes of text a copy takes.</summary>
    internal int Kept => Text.Length;

    /// <summary>The record as one line of JSON with its line feed; made once however many sinks ask.</summary>
    public ReadOnlySpan<byte> JsonLine
    {
        get
        {
            if (!_hasJson)
                Logging.JsonLine.Write(this, _json);
            _hasJson = true;
            return _json.Written;
        }
    }

    public ReadOnlySpan<byte> TextOf(in LogField field) => Text.Slice(field.At, field.Length);

    /// <summary>An empty event; a second one while the thread's own is in use, when a value's ToString logs.</summary>
    public static LogEvent Rent()
    {
        var e = t_free ?? new LogEvent(FirstBytes, 16);
        t_free = null;
        return e;
    }

    /// <summary>One that takes a copy and little more.</summary>
    public static LogEvent ForKeeping() => new(0, 4);

    public void Return()
    {
        Clear();
        t_free = this;
    }

    public void Clear()
    {
        Text.Clear(KeepBytes);
        _json.Clear(KeepBytes);
        _hasJson = false;
        _frames = null;
        (Count, OwnCount, _messageAt, _messageLength) = (0, 0, 0, 0);
        (RequestId, UserId, SessionId, Exception, ParsedTemplate) = (null, null, null, null, null);
        (TraceId, SpanId, TraceFlags, EventId) = (default, default, default, default);
    }

    public void CopyFrom(LogEvent other)
    {
        Clear();
        Text.Append(other.Text.Written);
        if (_fields.Length < other.Count)
            _fields = new LogField[other._fields.Length];
        other.Fields.CopyTo(_fields);
        (Count, OwnCount, _messageAt, _messageLength) =
            (other.Count, other.OwnCount, other._messageAt, other._messageLength);
        (Time, Level, Logger, EventId, ThreadId) = (other.Time, other.Level, other.Logger, other.EventId, other.ThreadId);
        (RequestId, UserId, SessionId, Exception, ParsedTemplate) =
            (other.RequestId, other.UserId, other.SessionId, other.Exception, other.ParsedTemplate);
        (TraceId, SpanId, TraceFlags, _frames) = (other.TraceId, other.SpanId, other.TraceFlags, other._frames);
    }

    /// <summary>The text of the field has been appended to <see cref="Text"/> from <paramref name="at"/> on.</summary>
    internal void Add(FieldKey key, FieldKind kind, long bits, int at)
    {
        if (Count == MaxFields)
            return;
        if (Count == _fields.Length)
            Array.Resize(ref _fields, Math.Max(4, _fields.Length * 2));
        _fields[Count++] = new LogField(key, kind, bits, at, Text.Length - at);
    }

    /// <summary>Takes the newest field back to <paramref name="index"/>, in the place of the one there.</summary>
    internal void MoveLastTo(int index)
    {
        _fields[index] = _fields[--Count];
    }

    internal void DropLast() => Count--;

    /// <summary>The message has been appended to <see cref="Text"/> from <paramref name="at"/> on.</summary>
    internal void SetMessage(int at) => (_messageAt, _messageLength) = (at, Text.Length - at);
}
