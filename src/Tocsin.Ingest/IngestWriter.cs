using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Tocsin.Ingest.Redaction;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Model.Metrics;

namespace Tocsin.Ingest;

/// <summary>
/// What a decoder writes records into. It applies every rule on the way: limits, time, redaction, valid UTF-8.
/// </summary>
/// <remarks>
/// Call order: BeginResource, fields, EndResource; then, if there are any, BeginScope, fields, EndScope; then for each
/// record BeginRow, fields, EndRow. A resource ends the scope before it. A field is <see cref="Field"/> (one of
/// <see cref="Fields"/>) or <see cref="Attribute"/> (the client's own name), then one value. A record that breaks a
/// rule is counted and left out by itself: the decoder goes on writing and need not care, except that it must not descend
/// into a map or array for which Begin returned false. The records that clients sent are exactly the calls of BeginRow
/// plus <see cref="Reject"/>. Spans are copied. Not thread-safe; comes from a pool (<see cref="IngestPipeline.Begin"/>)
/// and is not to be used after Commit or Abort. Allocates nothing on the good path.
/// </remarks>
public sealed class IngestWriter : IDisposable
{
    private readonly IngestOptions _options;
    private readonly Redactor _redactor;
    private readonly WriterCounters _counters;
    private readonly EventBatchWriter _batch = new(Dataset.Logs);
    private readonly EventBatchWriter _resource = new(Dataset.Logs, capacity: 4096);
    private readonly EventBatchWriter _scope = new(Dataset.Logs, capacity: 4096);
    private readonly long[] _rejected = new long[RejectReasons.Count];
    private readonly List<Cut> _cuts = [];
    private readonly JudgedNames _names = new();

    private Instant _now;
    private Instant _oldest;
    private Instant _newest;

    // Where fields go now: the resource, the scope or the record.
    private EventBatchWriter _target;
    private int _start;
    private int _attributes;
    private int _surplus;
    private bool _rowOpen;
    private RejectReason? _fault;

    // Resource and scope are kept aside and written with their first record, so that empty ones cost nothing.
    private bool _streamWritten;
    private RejectReason? _resourceFault;
    private RejectReason? _scopeFault;

    // What to do with the next value; decided by its name.
    private Treatment _next;

    internal IngestWriter(IngestOptions options, Redactor redactor, WriterCounters counters)
    {
        _options = options;
        _redactor = redactor;
        _counters = counters;
        _target = _batch;
    }

    private enum Treatment : byte { Write, Redact, Drop }

    public Dataset Dataset => _batch.Dataset;

    /// <summary>Records accepted so far.</summary>
    public int Rows => _batch.RowCount;

    /// <summary>When the request arrived.</summary>
    public Instant Now => _now;

    internal ReadOnlyMemory<byte> Encoded => _batch.Encoded;

    internal ReadOnlySpan<long> Rejected => _rejected;

    internal IngestCounters Books { get; private set; } = null!;

    internal long Started { get; private set; }

    internal void Reset(IngestCounters books, Dataset dataset, Instant now, long started)
    {
        Books = books;
        Started = started;
        _now = now;
        _newest = now.Add(_options.MaxFuture);
        _oldest = now.Add(-(dataset == Dataset.Logs ? _options.LogRetention : _options.SpanRetention));
        _batch.Reset(dataset);
        Array.Clear(_rejected);
        Forget(_resource, ref _resourceFault);
        Forget(_scope, ref _scopeFault);
        _rowOpen = false;
        _fault = null;
        _next = Treatment.Write;
    }

    /// <summary>Why the last record that was left out was; for a decoder that tells its client record by record.</summary>
    public RejectReason LastReject { get; private set; }

    /// <summary>Counts records that the decoder cannot write.</summary>
    public void Reject(RejectReason reason, long records = 1)
    {
        LastReject = reason;
        _rejected[(int)reason] += records;
    }

    /// <summary>Nothing of this request will be stored; every record so far counts as rejected, at least one.</summary>
    internal void RejectAll(RejectReason reason)
    {
        long begun = _batch.RowCount + (_rowOpen ? 1 : 0);
        bool none = begun == 0 && !_rejected.AsSpan().ContainsAnyExcept(0);
        Reject(reason, none ? 1 : begun);
        _batch.Reset(_batch.Dataset);
        _rowOpen = false;
    }

    /// <summary>
    /// Begins what the records that follow have in common. One that breaks a rule takes its records with it.
    /// </summary>
    public void BeginResource()
    {
        Forget(_scope, ref _scopeFault);
        Begin(_resource);
    }

    public void EndResource() => End(_resource, out _resourceFault);

    /// <summary>Begins the instrumentation scope of the records that follow, inside the same resource.</summary>
    public void BeginScope() => Begin(_scope);

    public void EndScope() => End(_scope, out _scopeFault);

    /// <summary>
    /// Begins a record. False when it is rejected already; then nothing of it, EndRow included, may follow.
    /// </summary>
    /// <param name="unixNanos">When it happened; 0 when unknown: the time it was observed is taken, else now.</param>
    /// <param name="observedNanos">When the client's collector saw it; 0 when unknown.</param>
    /// <param name="severityNumber">OpenTelemetry's number, 0 when unknown.</param>
    /// <param name="severityText">Taken when there is no number.</param>
    /// <param name="traceId">16 bytes; any other length counts as none.</param>
    /// <param name="spanId">8 bytes; any other length counts as none.</param>
    public bool BeginRow(
        ulong unixNanos, ulong observedNanos, long severityNumber, ReadOnlySpan<byte> severityText,
        ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId)
    {
        Instant observed = observedNanos == 0 ? _now : From(observedNanos);
        if (observed > _newest)
            observed = _now;
        Instant time = unixNanos == 0 ? observed : From(unixNanos);
        RejectReason? refusal = _resourceFault ?? _scopeFault
            ?? (_batch.Length > _options.MaxBatchBytes ? RejectReason.BatchTooLarge
            : time > _newest ? RejectReason.InFuture
            : time < _oldest ? RejectReason.TooOld
            : null);
        if (refusal is { } reason)
        {
            Reject(reason);
            return false;
        }
        if (!_streamWritten)
            WriteStream();
        BeginFields(_batch);
        _rowOpen = true;
        _batch.BeginRow(time, observed, SeverityText.Resolve(severityNumber, severityText), traceId, spanId);
        return true;
    }

    /// <summary>Ends the record; false when it broke a rule and was left out.</summary>
    public bool EndRow()
    {
        _rowOpen = false;
        if (HasRoom() && _surplus > 0)
        {
            _batch.Name(Fields.DroppedAttributes);
            _batch.Int(_surplus);
        }
        if (_fault is { } reason)
        {
            _batch.CancelRow();
            Reject(reason);
            _fault = null;
            return false;
        }
        _batch.EndRow();
        return true;
    }

    /// <summary>Leaves the record out although it was begun.</summary>
    public void CancelRow(RejectReason reason)
    {
        _fault ??= reason;
        EndRow();
    }

    /// <summary>The client's own count of attributes it left out; joins the server's.</summary>
    public void DroppedAttributes(long count) =>
        _surplus = (int)Math.Min(int.MaxValue, _surplus + Math.Clamp(count, 0, int.MaxValue));

    /// <summary>
    /// Names a built-in field, or a fixed member of a built-in map. Its name never makes a value secret.
    /// </summary>
    public void Field(ReadOnlySpan<byte> name)
    {
        if (!HasRoom())
            return;
        _next = Treatment.Write;
        _target.Name(name);
    }

    /// <summary>Names a value with the client's own word, in the record itself or in a map.</summary>
    public void Attribute(ReadOnlySpan<byte> name)
    {
        if (!HasRoom())
            return;
        if (_target.Depth == 0 && ++_attributes > _options.MaxAttributes)
        {
            Drop(_counters.SurplusAttributes);
            return;
        }
        if (name.Length > _options.MaxNameBytes || name.IsEmpty)
        {
            Drop(_counters.BadNames);
            return;
        }
        if (!_names.TryFind(name, out bool sensitive))
        {
            if (!Utf8.IsValid(name))
                name = Repair(name);
            sensitive = _redactor.IsSensitiveKey(name);
            _names.Add(name, sensitive);
        }
        _next = sensitive ? Treatment.Redact : Treatment.Write;
        if (_target.Depth == 0)
            _target.AttributeName(name);
        else
            _target.Name(name);
    }

    /// <summary>Writes text: valid UTF-8, cut to the limit, secrets replaced.</summary>
    public void String(ReadOnlySpan<byte> utf8)
    {
        if (!BeginScalar())
            return;
        if (utf8.Length > _options.MaxValueBytes)
            utf8 = Truncate(utf8);
        TextTraits traits = TextTraits.Of(utf8);
        if (!traits.IsAscii && !Utf8.IsValid(utf8))
        {
            utf8 = Repair(utf8);
            traits = TextTraits.Of(utf8);
        }
        if (_redactor.Find(utf8, traits, _cuts))
            CleanString(utf8);
        else
            _target.String(utf8);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (!BeginScalar())
            return;
        if (bytes.Length > _options.MaxValueBytes)
        {
            bytes = bytes[.._options.MaxValueBytes];
            _counters.Truncated.Add();
        }
        _target.Bytes(bytes);
    }

    public void Int(long value)
    {
        if (BeginScalar())
            _target.Int(value);
    }

    public void Double(double value)
    {
        if (BeginScalar())
            _target.Double(value);
    }

    public void Bool(bool value)
    {
        if (BeginHarmless())
            _target.Bool(value);
    }

    public void Null()
    {
        if (BeginHarmless())
            _target.Null();
    }

    /// <summary>False when the content is to be skipped; then neither items nor End may follow.</summary>
    public bool BeginArray()
    {
        if (!BeginContainer())
            return false;
        _target.BeginArray();
        return true;
    }

    public void EndArray()
    {
        if (_fault is null)
            _target.EndArray();
    }

    /// <inheritdoc cref="BeginArray"/>
    public bool BeginMap()
    {
        if (!BeginContainer())
            return false;
        _target.BeginMap();
        return true;
    }

    public void EndMap()
    {
        if (_fault is null)
            _target.EndMap();
    }

    public void Dispose()
    {
        _batch.Dispose();
        _resource.Dispose();
        _scope.Dispose();
    }

    /// <summary>Not worth keeping in the pool.</summary>
    internal bool IsLarge => _batch.Length > 4 << 20;

    private static Instant From(ulong unixNanos) => new((long)Math.Min(unixNanos, long.MaxValue));

    private void Begin(EventBatchWriter part)
    {
        part.Reset(_batch.Dataset);
        BeginFields(part);
        part.BeginStream();
        _streamWritten = false;
    }

    private void End(EventBatchWriter part, out RejectReason? fault)
    {
        HasRoom();
        fault = _fault;
        if (fault is null)
            part.EndStream();
        else
            part.Reset(_batch.Dataset);
    }

    private void Forget(EventBatchWriter part, ref RejectReason? fault)
    {
        part.Reset(_batch.Dataset);
        fault = null;
        _streamWritten = false;
    }

    private void WriteStream()
    {
        _batch.BeginStream();
        _batch.Raw(FieldsOf(_resource));
        _batch.Raw(FieldsOf(_scope));
        _batch.EndStream();
        _streamWritten = true;
    }

    private static ReadOnlySpan<byte> FieldsOf(EventBatchWriter part)
    {
        var reader = new EventBatchReader(part.Encoded.Span);
        reader.MoveNext();
        return reader.Stream;
    }

    private void BeginFields(EventBatchWriter target)
    {
        _target = target;
        _start = target.Length;
        _attributes = _surplus = 0;
        _fault = null;
        _next = Treatment.Write;
    }

    private bool HasRoom()
    {
        if (_fault is null && _target.Length - _start > _options.MaxRecordBytes)
            _fault = RejectReason.RecordTooLarge;
        return _fault is null;
    }

    private bool BeginScalar()
    {
        Treatment treatment = Take();
        if (treatment == Treatment.Redact)
            WriteMark();
        return treatment == Treatment.Write;
    }

    // true, false and null tell nothing even under a secret name.
    private bool BeginHarmless() => Take() != Treatment.Drop;

    private bool BeginContainer()
    {
        Treatment treatment = Take();
        if (treatment == Treatment.Redact)
            WriteMark();
        else if (treatment == Treatment.Write && _target.Depth >= _options.MaxDepth)
            _fault = RejectReason.TooDeep;
        return treatment == Treatment.Write && _fault is null;
    }

    private Treatment Take()
    {
        Treatment treatment = HasRoom() ? _next : Treatment.Drop;
        _next = Treatment.Write;
        return treatment;
    }

    private void WriteMark()
    {
        _target.String(Redactor.MarkUtf8);
        _counters.RedactedByKey.Add();
    }

    private void Drop(Counter reason)
    {
        _next = Treatment.Drop;
        _surplus++;
        reason.Add();
    }

    // Slow path: cuts between characters.
    private ReadOnlySpan<byte> Truncate(ReadOnlySpan<byte> utf8)
    {
        _counters.Truncated.Add();
        int length = _options.MaxValueBytes;
        while (length > 0 && (utf8[length] & 0xC0) == 0x80)
            length--;
        return utf8[..(length > 0 ? length : _options.MaxValueBytes)];
    }

    // Slow path: each invalid sequence becomes U+FFFD.
    private ReadOnlySpan<byte> Repair(ReadOnlySpan<byte> utf8)
    {
        _counters.InvalidUtf8.Add();
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8));
    }

    // Slow path.
    private void CleanString(ReadOnlySpan<byte> utf8)
    {
        int length = Redactor.CleanLength(utf8.Length, _cuts);
        byte[] clean = ArrayPool<byte>.Shared.Rent(length);
        Redactor.WriteClean(utf8, _cuts, clean);
        _target.String(clean.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(clean);
        _counters.RedactedByValue.Add(_cuts.Count);
    }
}
