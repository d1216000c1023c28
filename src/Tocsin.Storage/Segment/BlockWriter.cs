using System.IO.Compression;
using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Turns sorted rows into the bytes of one block and its header. Reused block after block. One thread.
/// </summary>
/// <remarks>block := directory (varint columns, entry*), columns, filter. Offsets count from the start of the
/// block.</remarks>
internal sealed class BlockWriter
{
    private const long NanosPerMinute = 60L * 1_000_000_000;

    private readonly ByteBuffer _columns = new(Limits.BlockBytes / 4);
    private readonly ByteBuffer _raw = new(64 * 1024);
    private readonly TokenSet _tokens = new();

    /// <summary>The finished block. Valid until the next call of <see cref="Write"/>.</summary>
    public ByteBuffer Block { get; } = new(Limits.BlockBytes / 4);

    /// <param name="rows">Sorted.</param>
    /// <param name="start">First row of the block.</param>
    /// <param name="count">Number of rows, at least one.</param>
    /// <param name="offset">Where the block will begin in its file.</param>
    public BlockHeader Write(RowTable rows, int start, int count, long offset)
    {
        _columns.Clear();
        _tokens.Clear();
        Block.Clear();
        var split = new RowSplitter(rows, start, count);
        List<ColumnEntry> entries =
            [Stored(ColumnRole.Streams, [], ColumnEncoding.Streams, split.WriteStreams(_raw, _tokens))];
        foreach (ColumnBuilder column in split.Columns)
        {
            _raw.Clear();
            ColumnEncoding encoding = column.Encode(count, _raw, column.Role == ColumnRole.Field ? _tokens : null);
            entries.Add(Stored(column.Role, column.Name, encoding, _raw));
        }
        int directory = WriteDirectory(entries);
        uint directoryCrc = Crc32C.Of(Block.Span);
        Block.Bytes(_columns.Span);
        int filter = Block.Length;
        split.AddIds(_tokens);
        _tokens.WriteFilter(Block);
        return split.Header with
        {
            Offset = offset,
            Length = Block.Length,
            DirectoryLength = directory,
            DirectoryCrc = directoryCrc,
            FilterOffset = filter,
            FilterLength = Block.Length - filter,
            FilterCrc = Crc32C.Of(Block.Span[filter..]),
        };
    }

    /// <summary>
    /// Offsets in entries count from the first column, so that the directory's own length does not matter.
    /// </summary>
    private int WriteDirectory(List<ColumnEntry> entries)
    {
        Block.Varint((ulong)entries.Count);
        foreach (ColumnEntry entry in entries)
            entry.Write(Block);
        return Block.Length;
    }

    private ColumnEntry Stored(ColumnRole role, byte[] name, ColumnEncoding encoding, ByteBuffer raw)
    {
        ReadOnlySpan<byte> bytes = raw.Span;
        bool deflated = TryDeflate(raw, out ReadOnlySpan<byte> smaller);
        if (deflated)
            bytes = smaller;
        var entry = new ColumnEntry(
            role, name, encoding, deflated, _columns.Length, bytes.Length, raw.Length, Crc32C.Of(bytes));
        _columns.Bytes(bytes);
        return entry;
    }

    /// <summary>True when at least an eighth is saved.</summary>
    private static bool TryDeflate(ByteBuffer raw, out ReadOnlySpan<byte> deflated)
    {
        deflated = default;
        if (raw.Length < Limits.CompressFromBytes)
            return false;
        var target = new MemoryStream(raw.Length);
        using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(raw.Span);
        if (target.Length > raw.Length - raw.Length / 8)
            return false;
        deflated = target.GetBuffer().AsSpan(0, (int)target.Length);
        return true;
    }

    /// <summary>Splits rows into columns and sums up what the header says.</summary>
    private sealed class RowSplitter
    {
        private readonly Dictionary<string, List<ColumnBuilder>> _fields = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<ColumnBuilder>>.AlternateLookup<ReadOnlySpan<char>> _byName;
        private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
        private readonly Dictionary<int, int> _streamNumbers = [];
        private readonly List<byte[]> _streams = [];
        private readonly Dictionary<(long Minute, byte Family), int> _counts = [];
        private readonly ColumnBuilder _time = new(ColumnRole.Time, []), _sequence = new(ColumnRole.Sequence, []);
        private readonly ColumnBuilder _delay = new(ColumnRole.ObservedDelay, []);
        private readonly ColumnBuilder _severity = new(ColumnRole.Severity, []);
        private readonly ColumnBuilder _traceId = new(ColumnRole.TraceId, []), _spanId = new(ColumnRole.SpanId, []);
        private readonly ColumnBuilder _stream = new(ColumnRole.Stream, []), _overflow = new(ColumnRole.Overflow, []);
        private readonly ByteBuffer _overflowFields = new(64);
        private readonly List<byte[]> _ids = [];
        private readonly List<byte[]> _overflowRows = [];

        public RowSplitter(RowTable rows, int start, int count)
        {
            _byName = _fields.GetAlternateLookup<ReadOnlySpan<char>>();
            long minTime = long.MaxValue, maxTime = long.MinValue, raw = 0;
            ulong minSequence = ulong.MaxValue, maxSequence = 0;
            byte minSeverity = byte.MaxValue, maxSeverity = 0;
            for (int i = 0; i < count; i++)
            {
                EventRow row = rows[start + i];
                RowId id = rows.Id(start + i);
                long time = row.Time.UnixNanos;
                (minTime, maxTime) = (Math.Min(minTime, time), Math.Max(maxTime, time));
                (minSequence, maxSequence) = (Math.Min(minSequence, id.Sequence), Math.Max(maxSequence, id.Sequence));
                (minSeverity, maxSeverity) = (Math.Min(minSeverity, row.Severity), Math.Max(maxSeverity, row.Severity));
                raw += row.Encoded.Length;
                (long, byte) key = (Floor(time, NanosPerMinute), (byte)Severity.Family(row.Severity));
                _counts[key] = _counts.GetValueOrDefault(key) + 1;
                AddFixed(i, row, id, rows.Stream(start + i));
                AddFields(i, row);
            }
            Header = new BlockHeader
            {
                Offset = 0, Length = 0, DirectoryLength = 0, DirectoryCrc = 0, FilterOffset = 0, FilterLength = 0,
                FilterCrc = 0,
                Rows = count, RawBytes = (int)Math.Min(raw, int.MaxValue),
                MinTime = new Instant(minTime), MaxTime = new Instant(maxTime),
                MinSequence = minSequence, MaxSequence = maxSequence,
                MinSeverity = minSeverity, MaxSeverity = maxSeverity,
                Counts = [.. _counts.OrderBy(c => c.Key.Minute).ThenBy(c => c.Key.Family)
                    .Select(c => new MinuteCount(c.Key.Minute, c.Key.Family, c.Value))],
            };
        }

        public BlockHeader Header { get; }

        public IEnumerable<ColumnBuilder> Columns =>
            ((ColumnBuilder[])[_time, _sequence, _delay, _severity, _traceId, _spanId, _stream, _overflow])
                .Concat(_fields.Values.SelectMany(c => c)).Where(c => c.Count > 0);

        /// <summary>varint count, (varint length, encoded fields)*.</summary>
        public ByteBuffer WriteStreams(ByteBuffer into, TokenSet tokens)
        {
            into.Clear();
            into.Varint((ulong)_streams.Count);
            foreach (byte[] stream in _streams)
            {
                into.Blob(stream);
                tokens.AddFields(stream);
            }
            return into;
        }

        /// <summary>Ids, and the words of fields that found no column.</summary>
        public void AddIds(TokenSet tokens)
        {
            foreach (byte[] id in _ids)
                tokens.AddId(id);
            foreach (byte[] fields in _overflowRows)
                tokens.AddFields(fields);
        }

        private void AddFixed(int i, in EventRow row, RowId id, int stream)
        {
            _time.AddInt(i, row.Time.UnixNanos);
            _sequence.AddInt(i, unchecked((long)id.Sequence));
            _delay.AddInt(i, unchecked(row.Observed.UnixNanos - row.Time.UnixNanos));
            _severity.AddInt(i, row.Severity);
            AddId(_traceId, i, row.TraceId);
            AddId(_spanId, i, row.SpanId);
            if (!_streamNumbers.TryGetValue(stream, out int number))
            {
                _streamNumbers.Add(stream, number = _streams.Count);
                _streams.Add(row.Stream.ToArray());
            }
            _stream.AddInt(i, number);
        }

        private void AddId(ColumnBuilder column, int i, ReadOnlySpan<byte> id)
        {
            if (id.Length == 0)
                return;
            column.AddBytes(i, id);
            _ids.Add(id.ToArray());
        }

        private void AddFields(int i, in EventRow row)
        {
            _overflowFields.Clear();
            _seen.Clear();
            FieldReader fields = row.Fields;
            while (fields.MoveNext())
            {
                if (ColumnFor(fields.Name) is { } column)
                {
                    column.Add(i, fields.Value.Encoded);
                    continue;
                }
                _overflowFields.Blob(fields.Name);
                _overflowFields.Bytes(fields.Value.Encoded);
            }
            if (_overflowFields.Length == 0)
                return;
            _overflow.AddBytes(i, _overflowFields.Span);
            _overflowRows.Add(_overflowFields.Span.ToArray());
        }

        /// <summary>
        /// A name that repeats within a row has one column per repetition. Null when the block has no column left.
        /// </summary>
        private ColumnBuilder? ColumnFor(ReadOnlySpan<byte> name)
        {
            // Latin-1 maps every byte to one char and back, so names that are not UTF-8 stay apart too.
            Span<char> key = name.Length <= 256 ? stackalloc char[name.Length] : new char[name.Length];
            Encoding.Latin1.GetChars(name, key);
            if (!_byName.TryGetValue(key, out List<ColumnBuilder>? columns))
            {
                if (_fields.Count >= Limits.BlockColumns)
                    return null;
                columns = [];
                _byName[key] = columns;
            }
            var seen = _seen.GetAlternateLookup<ReadOnlySpan<char>>();
            int repetition = seen.TryGetValue(key, out int before) ? before : 0;
            if (repetition >= Limits.BlockColumns)
                return null;
            seen[key] = repetition + 1;
            if (repetition == columns.Count)
                columns.Add(new ColumnBuilder(ColumnRole.Field, name.ToArray()));
            return columns[repetition];
        }

        private static long Floor(long value, long step) => value / step - (value % step < 0 ? 1 : 0);
    }
}
