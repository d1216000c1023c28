using System.Buffers;
using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Care;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>The columns of one block for one reader, read as they are asked for, and rows put together from them. One thread.</summary>
internal sealed class BlockColumns(SegmentFile file, BlockHeader header, BlockDirectory directory) : IDisposable
{
    private const int FewRows = 128;

    private readonly Dictionary<ColumnEntry, Column> _read = new(ReferenceEqualityComparer.Instance);
    private readonly List<(byte[] Prefix, Column Values)> _fields = [];
    private readonly HashSet<ColumnEntry> _loaded = new(ReferenceEqualityComparer.Instance), _unsound = new(ReferenceEqualityComparer.Instance);
    private long[]? _times, _sequences;
    private int _timesAsked, _sequencesAsked;
    private int[]? _streams;
    private IntegerColumn? _time, _sequence, _stream, _delay;
    private Column? _severity, _traceId, _spanId, _overflow;

    /// <summary>False when they are damaged; null when nobody has asked.</summary>
    private bool? _hasSeverities, _hasStreams;

    public int Rows => header.Rows;

    public BlockDirectory Directory => directory;

    /// <summary>Of the segment; <see cref="StreamOfRows"/> are numbers in it.</summary>
    public IReadOnlyList<byte[]> StreamTable => file.Footer.Streams;

    public IReadOnlyList<StreamCount> Streams => header.Streams;

    public long BytesRead => header.DirectoryLength + _read.Values.Sum(c => c.BytesRead);

    /// <summary>Nanoseconds since 1970 of each row, rising.</summary>
    public ReadOnlySpan<long> Times => (_times ??= Numbers(ColumnRole.Time)).AsSpan(0, Rows);

    public ReadOnlySpan<int> StreamOfRows => (_streams ??= ReadStreams()).AsSpan(0, Rows);

    /// <summary>Severity number of each row.</summary>
    public Column Severities => _severity ??= Required(ColumnRole.Severity);

    /// <summary>Why a column could not be read that rows can do without; null when all could that were asked for.</summary>
    public Exception? Damage { get; private set; }

    public RowId Id(int row) => new(new Instant(TimeOf(row)), (ulong)SequenceOf(row));

    /// <summary>Of one row without decoding the others, until many have been asked for: each is then read over the ones before.</summary>
    private long TimeOf(int row) => _times is { } times ? times[row]
        : _timesAsked++ < FewRows ? NumberOf(ColumnRole.Time, ref _time, row) : Times[row];

    private long SequenceOf(int row) => _sequences is { } sequences ? sequences[row]
        : _sequencesAsked++ < FewRows ? NumberOf(ColumnRole.Sequence, ref _sequence, row)
        : (_sequences = Numbers(ColumnRole.Sequence))[row];

    private long NumberOf(ColumnRole role, ref IntegerColumn? column, int row) =>
        (column ??= Required(role) is IntegerColumn { Present.All: true } found
            ? found : throw new InvalidDataException($"the {role} column of a block has gaps")).Values[row];

    /// <summary>The first row that is not before the id.</summary>
    public int FirstRow(RowId id)
    {
        (int low, int high) = (0, Rows);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Id(middle) < id)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>A column; null when the block has none of this role.</summary>
    public Column? this[ColumnRole role] => directory[role] is { } entry ? this[entry] : null;

    /// <summary>Throws <see cref="InvalidDataException"/> when it is damaged.</summary>
    public Column this[ColumnEntry entry]
    {
        get
        {
            if (!_read.TryGetValue(entry, out Column? column))
                _read.Add(entry, column = Read(entry));
            return column;
        }
    }

    /// <summary>As <see cref="this[ColumnEntry]"/>; null when it is damaged, which <see cref="Damage"/> then says.</summary>
    public Column? Sound(ColumnEntry entry)
    {
        if (_unsound.Contains(entry))
            return null;
        try
        {
            return this[entry];
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            _unsound.Add(entry);
            IsDamaged(error);
            return null;
        }
    }

    public void IsDamaged(Exception error)
    {
        Damage ??= error;
        // Whoever asks for the damage is told of one; the others are counted, too.
        if (error != Damage)
            file.OnDamage(new DamagedPlace(file.Path, header.Offset, "").Mark(error));
    }

    /// <summary>The stream of each row as far as it is known; false when it is not, which <see cref="Damage"/> then says.</summary>
    public bool TryGetStreams(out ReadOnlySpan<int> streams)
    {
        try
        {
            streams = StreamOfRows;
            return true;
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            IsDamaged(error);
            // When all rows are of one, it need not be read.
            streams = Streams.Count == 1 ? Enumerable.Repeat(Streams[0].Stream, Rows).ToArray() : default;
            return Streams.Count == 1;
        }
    }

    /// <summary>As <see cref="Severities"/>; null when they are damaged, which <see cref="Damage"/> then says.</summary>
    public Column? SoundSeverities => directory[ColumnRole.Severity] is { } entry && Sound(entry) is null ? null : Severities;

    /// <summary>What rows have when <see cref="Severities"/> are damaged.</summary>
    public byte LikelySeverity => header.MinSeverity == header.MaxSeverity ? header.MinSeverity : (byte)0;

    /// <summary>
    /// Prepares for <see cref="Assemble"/> what is needed and not there yet; null means everything. False when some of it is damaged:
    /// rows then come without.
    /// </summary>
    public bool Load(FieldNeeds? needs)
    {
        bool sound = true;
        if (needs is null)
            _delay ??= Delays(ref sound);
        if (needs is not { TraceId: false })
            _traceId ??= Sound(ColumnRole.TraceId, ref sound);
        if (needs is not { SpanId: false })
            _spanId ??= Sound(ColumnRole.SpanId, ref sound);
        if (needs is not { Names.Count: 0 })
        {
            _overflow ??= Sound(ColumnRole.Overflow, ref sound);
            Sound(ColumnRole.Stream, ref sound);
        }
        foreach (ColumnEntry entry in directory.Entries)
        {
            if (entry.Role != ColumnRole.Field || needs is not null && !needs.Names.Contains(Encoding.UTF8.GetString(entry.Name)))
                continue;
            if (_loaded.Add(entry) && Sound(entry) is { } values)
                _fields.Add((Prefix(entry.Name), values));
            sound &= !_unsound.Contains(entry);
        }
        return sound;
    }

    private IntegerColumn? Delays(ref bool sound)
    {
        Column? column = Sound(ColumnRole.ObservedDelay, ref sound);
        if (column is null or IntegerColumn)
            return (IntegerColumn?)column;
        IsDamaged(new DamagedPlace(file.Path, header.Offset, $"{ColumnRole.ObservedDelay}").Mark(
            new InvalidDataException($"the {ColumnRole.ObservedDelay} column of a block holds no numbers")));
        sound = false;
        return null;
    }

    private Column? Sound(ColumnRole role, ref bool sound)
    {
        if (directory[role] is not { } entry)
            return null;
        Column? column = Sound(entry);
        sound &= column is not null;
        return column;
    }

    /// <summary>The row with the columns loaded so far. Valid until the buffer is used again.</summary>
    public EventRow Assemble(int row, ByteBuffer buffer)
    {
        buffer.Clear();
        long time = TimeOf(row);
        buffer.I64(time);
        buffer.I64(unchecked(time + (_delay is { } delay && delay.Has(row) ? delay[row] : 0)));
        buffer.U8(SeverityOf(row, buffer));
        AppendId(_traceId, row, 16, buffer);
        AppendId(_spanId, row, 8, buffer);
        foreach ((byte[] prefix, Column values) in _fields)
        {
            int before = buffer.Length;
            buffer.Bytes(prefix);
            values.Write(row, buffer);
            if (buffer.Length == before + prefix.Length)
                buffer.Cut(prefix.Length);
        }
        if (_overflow is not null && _overflow.Has(row))
            AppendOverflow(row, buffer);
        return new EventRow(buffer.Span, StreamOf(row));
    }

    public void Dispose()
    {
        foreach (Column column in _read.Values)
            column.Dispose();
        _read.Clear();
        Return(ref _times);
        Return(ref _sequences);
        if (_streams is { } streams)
            ArrayPool<int>.Shared.Return(streams);
        _streams = null;
    }

    /// <summary>Without fields when it is not known.</summary>
    private byte[] StreamOf(int row)
    {
        _hasStreams ??= directory[ColumnRole.Stream] is not { } entry || Sound(entry) is not null;
        if (_hasStreams == false)
            return Streams.Count == 1 ? StreamTable[Streams[0].Stream] : [];
        long stream = _streams is { } streams ? streams[row] : NumberOf(ColumnRole.Stream, ref _stream, row);
        return stream >= 0 && stream < StreamTable.Count ? StreamTable[(int)stream]
            : throw new InvalidDataException("a row points past the streams of its segment");
    }

    private byte SeverityOf(int row, ByteBuffer scratch)
    {
        _hasSeverities ??= directory[ColumnRole.Severity] is not { } entry || Sound(entry) is not null;
        if (_hasSeverities == false)
            return LikelySeverity;
        int before = scratch.Length;
        Severities.Write(row, scratch);
        ReadOnlySpan<byte> value = scratch.Span[before..];
        byte severity = value.Length == 9 ? value[1] : throw new InvalidDataException("a row has no severity");
        scratch.Cut(value.Length);
        return severity;
    }

    private static void AppendId(Column? column, int row, int length, ByteBuffer into)
    {
        int before = into.Length;
        column?.Write(row, into);
        ReadOnlySpan<byte> value = into.Span[before..];
        Span<byte> id = stackalloc byte[16];
        id.Clear();
        if (value.Length > length)
            value[^length..].CopyTo(id);
        into.Cut(value.Length);
        into.Bytes(id[..length]);
    }

    private void AppendOverflow(int row, ByteBuffer into)
    {
        var value = new ByteBuffer(256);
        _overflow!.Write(row, value);
        ReadOnlySpan<byte> rest = value.Span;
        FieldValue fields = FieldValue.Read(ref rest);
        if (fields.Kind != ValueKind.Bytes)
            throw new InvalidDataException("the fields beyond the columns are no bytes");
        BatchShape.CheckFields(fields.Payload);
        into.Bytes(fields.Payload);
    }

    private Column Required(ColumnRole role) =>
        this[role] ?? throw new InvalidDataException($"a block has no {role} column");

    private long[] Numbers(ColumnRole role)
    {
        if (Required(role) is not IntegerColumn { Present.All: true } column)
            throw new InvalidDataException($"the {role} column of a block has gaps");
        long[] numbers = ArrayPool<long>.Shared.Rent(Rows);
        column.Values.Read(numbers.AsSpan(0, Rows));
        return numbers;
    }

    private int[] ReadStreams()
    {
        long[] numbers = Numbers(ColumnRole.Stream);
        int[] streams = ArrayPool<int>.Shared.Rent(Rows);
        ulong most = 0;
        for (int i = 0; i < Rows; i++)
        {
            most = Math.Max(most, (ulong)numbers[i]);
            streams[i] = (int)numbers[i];
        }
        ArrayPool<long>.Shared.Return(numbers);
        return most < (ulong)StreamTable.Count
            ? streams : throw new InvalidDataException("a row points past the streams of its segment");
    }

    /// <summary>A column is gone through, and compared with its checksum, once as long as its layout is remembered.</summary>
    private Column Read(ColumnEntry entry)
    {
        long start = (long)header.DirectoryLength + entry.Offset;
        if (start + entry.StoredLength > header.Length)
            throw new InvalidDataException("a column lies outside its block");
        long offset = header.Offset + start;
        var bytes = new ColumnBytes(file, offset, entry.StoredLength);
        try
        {
            entry.MustBeUpTo(ColumnCodec.Usual);
            if (file.Cache.Find<ColumnLayout>(file, offset) is not { } layout)
            {
                if (!bytes.IsSound(entry.Crc))
                    throw new InvalidDataException($"column {Encoding.UTF8.GetString(entry.Name)} of a block is damaged");
                layout = ColumnLayout.Read(entry.Encoding, bytes, Rows);
                file.Cache.Add(file, offset, layout, layout.Size);
            }
            return layout.Open(bytes);
        }
        catch (Exception error)
        {
            bytes.Dispose();
            new DamagedPlace(file.Path, header.Offset, $"{entry.Role} {Encoding.UTF8.GetString(entry.Name)}").Mark(error);
            throw;
        }
    }

    private static void Return(ref long[]? array)
    {
        if (array is not null)
            ArrayPool<long>.Shared.Return(array);
        array = null;
    }

    private static byte[] Prefix(byte[] name)
    {
        var prefix = new ByteBuffer(name.Length + 2);
        prefix.Blob(name);
        return prefix.Span.ToArray();
    }
}
