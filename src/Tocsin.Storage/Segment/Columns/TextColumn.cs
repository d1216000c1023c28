using System.Buffers;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// Strings as templates and numbers (<see cref="TextTemplate"/>). Layout: varint count, text block of (varint length,
/// template)*, text block of the words of each word slot of each template (varint count, (varint length, word)*), pack of the
/// template of each row, the count meaning no value; then for each template, for each of its slots, a pack of the numbers of its
/// rows; 8 bytes of padding.
/// </summary>
internal sealed class TextColumn(TextLayout layout, ColumnBytes bytes) : Column(layout.Rows, bytes)
{
    private const int FewRows = 4;

    private readonly IntPack _pack = new(layout.Codes, bytes);
    private readonly ColumnBytes _bytes = bytes;
    private readonly ByteBuffer _text = new(256);
    private int[]? _codes, _counts;

    /// <summary>Of the rows of step <see cref="_ranked"/>.</summary>
    private int[]? _ranks;
    private IntPack[]?[]? _slots;
    private int _asked, _ranked = -1;

    public int Templates => layout.Templates;

    /// <summary>Template of each row; <see cref="Templates"/> when it has no value.</summary>
    public ReadOnlySpan<int> Codes => (_codes ??= ReadCodes()).AsSpan(0, Rows);

    public ReadOnlySpan<byte> Template(int code) => layout.Template(code);

    /// <summary>The words of each word slot of a template; the number of such a slot is the place of its word.</summary>
    public WordLists Words(int code) => layout.Words(code);

    /// <summary>The numbers of a template's rows, in their order, slot by slot.</summary>
    public IntPack[] Slots(int code) => (_slots ??= new IntPack[Templates][])[code] ??= ReadSlots(code);

    /// <summary>How many rows of the same template come before the row. Quick for rows in order.</summary>
    public int RankOf(int row)
    {
        // All rows have one template: each is as many rows behind the first as its number says.
        if (_pack.Only is not null)
            return row;
        if (_ranks is null && _asked++ < FewRows)
            return layout.Index(_pack, _bytes).RankOf(row, _pack);
        _ranks ??= ArrayPool<int>.Shared.Rent(TextIndex.Step);
        if (row / TextIndex.Step != _ranked)
            ReadRanks(row / TextIndex.Step);
        return _ranks[row % TextIndex.Step];
    }

    public override bool Has(int row) => CodeOf(row) != Templates;

    public override void Write(int row, ByteBuffer into)
    {
        if (!Has(row))
            return;
        _text.Clear();
        Render(row, _text);
        into.U8((byte)ValueKind.String);
        into.Blob(_text.Span);
    }

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        var states = new TemplateVerdict[Templates + 1];
        if (test.Shape?.Exact is { } exact)
        {
            SelectExact(exact, states, rows, hits);
            Select(test, states, null, rows, hits);
            return;
        }
        using var judge = new TemplateJudge(test, layout);
        judge.Judge(states.AsSpan(0, Templates));
        Select(test, states, judge, rows, hits);
    }

    public override void AddPresent(RowSet into)
    {
        ReadOnlySpan<int> codes = Codes;
        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] != Templates)
                into.Add(row);
        }
    }

    public override void Dispose()
    {
        if (_codes is { } codes)
            ArrayPool<int>.Shared.Return(codes);
        if (_ranks is { } ranks)
            ArrayPool<int>.Shared.Return(ranks);
        _codes = _ranks = null;
        base.Dispose();
    }

    /// <summary>Appends the text of a row that has one.</summary>
    public void Render(int row, ByteBuffer into)
    {
        int code = CodeOf(row);
        Render(code, Slots(code).Length == 0 ? 0 : RankOf(row), into);
    }

    private void Render(int code, int rank, ByteBuffer into)
    {
        IntPack[] packs = Slots(code);
        Span<long> slots = stackalloc long[packs.Length];
        for (int i = 0; i < packs.Length; i++)
            slots[i] = packs[i][rank];
        Render(code, slots, into);
    }

    private void Render(int code, ReadOnlySpan<long> slots, ByteBuffer into)
    {
        ReadOnlySpan<byte> template = Template(code);
        for (int slot = 0, word = 0; ;)
        {
            int next = template.IndexOfAnyInRange(TextTemplate.Digits, byte.MaxValue);
            into.Bytes(next < 0 ? template : template[..next]);
            if (next < 0)
                return;
            switch (template[next])
            {
                case TextTemplate.Word:
                    into.Bytes(Words(code)[word++, slots[slot++]]);
                    break;
                case TextTemplate.Uuid:
                    TextTemplate.RenderUuid(slots[slot++], slots[slot++], into);
                    break;
                default:
                    TextTemplate.RenderSlot(template[next], slots[slot++], into);
                    break;
            }
            template = template[(next + 1)..];
        }
    }

    /// <summary>A text is split in one way only, so its numbers are compared, not its bytes; templates with words stay in doubt.</summary>
    private void SelectExact(byte[] exact, TemplateVerdict[] states, RowSet rows, RowSet hits)
    {
        byte[] template = new byte[exact.Length];
        Span<long> numbers = stackalloc long[TextTemplate.MaxSlots];
        if (!TextTemplate.Split(exact, template, out int length, numbers, out int count, null))
            return;
        for (int code = 0; code < Templates; code++)
        {
            if (Words(code).Slots > 0)
                states[code] = TemplateVerdict.Perhaps;
            else if (Template(code).SequenceEqual(template.AsSpan(0, length)))
                SelectNumbers(code, numbers[..count], rows, hits);
        }
    }

    /// <summary>Looks for the numbers first: most often they are nowhere, and no row need be looked at.</summary>
    private void SelectNumbers(int code, ReadOnlySpan<long> numbers, RowSet rows, RowSet hits)
    {
        IntPack[] packs = Slots(code);
        int count = layout.Index(_pack, _bytes).CountOf(code);
        var wanted = new RowSet(count);
        if (packs.Length == 0)
        {
            wanted.AddRange(0, count);
        }
        else
        {
            for (int at = packs[0].IndexOf(numbers[0], 0); at >= 0; at = packs[0].IndexOf(numbers[0], at + 1))
            {
                int slot = 1;
                while (slot < packs.Length && packs[slot][at] == numbers[slot])
                    slot++;
                if (slot == packs.Length)
                    wanted.Add(at);
            }
        }
        if (wanted.IsEmpty)
            return;
        ReadOnlySpan<int> codes = Codes;
        for (int row = 0, rank = 0; rank < count && row < codes.Length; row++)
        {
            if (codes[row] == code && wanted[rank++] && rows[row])
                hits.Add(row);
        }
    }

    /// <summary>Steps in which no row has a template that is not ruled out are not even read.</summary>
    /// <param name="test">The question.</param>
    /// <param name="states">Of each template, and of no value.</param>
    /// <param name="judge">Knows which words may fulfil it; null when nobody does.</param>
    /// <param name="rows">Those asked for.</param>
    /// <param name="hits">Receives those that fulfil it.</param>
    private void Select(ValuePredicate test, TemplateVerdict[] states, TemplateJudge? judge, RowSet rows, RowSet hits)
    {
        if (!states.AsSpan().ContainsAnyExcept(TemplateVerdict.Never))
            return;
        TextIndex index = layout.Index(_pack, _bytes);
        Doubts? doubts = states.AsSpan().Contains(TemplateVerdict.Perhaps) ? new Doubts(this, test, states, judge) : null;
        Span<int> codes = stackalloc int[IntPack.Chunk];
        for (int step = 0; step < Rows; step += TextIndex.Step)
        {
            int end = Math.Min(Rows, step + TextIndex.Step);
            if (!index.HasAny(step, states))
                continue;
            _pack.Load(step / IntPack.Chunk, (end + IntPack.Chunk - 1) / IntPack.Chunk);
            doubts?.Start(index.Before(step));
            for (int at = step; at < end; at += IntPack.Chunk)
            {
                Span<int> part = codes[..Math.Min(IntPack.Chunk, end - at)];
                _pack.Read(at / IntPack.Chunk, part);
                SelectSure(part, states, rows.Words[(at >> 6)..], hits.Words[(at >> 6)..]);
                doubts?.Select(part, at, rows, hits);
            }
        }
    }

    private static void SelectSure(ReadOnlySpan<int> codes, ReadOnlySpan<TemplateVerdict> states, ReadOnlySpan<ulong> rows, Span<ulong> hits)
    {
        for (int i = 0; codes.Length > 0; i++)
        {
            ReadOnlySpan<int> part = codes[..Math.Min(64, codes.Length)];
            ulong word = 0;
            for (int bit = 0; bit < part.Length; bit++)
            {
                if ((uint)part[bit] >= (uint)states.Length)
                    throw new InvalidDataException("a row points past its templates");
                word |= (ulong)((byte)states[part[bit]] & (byte)TemplateVerdict.Always) << bit;
            }
            hits[i] |= word & rows[i];
            codes = codes[part.Length..];
        }
    }

    /// <summary>Asks row by row where a template alone does not tell. One thread.</summary>
    private sealed class Doubts
    {
        private readonly TextColumn _column;
        private readonly ValuePredicate _test;
        private readonly TemplateVerdict[] _states;
        private readonly WordFilter?[] _filters;
        private readonly int[] _ranks;
        private readonly ByteBuffer _text = new(256), _value = new(256);

        public Doubts(TextColumn column, ValuePredicate test, TemplateVerdict[] states, TemplateJudge? judge)
        {
            (_column, _test, _states) = (column, test, states);
            (_filters, _ranks) = (new WordFilter?[column.Templates], new int[column.Templates]);
            for (int code = 0; code < column.Templates; code++)
            {
                if (states[code] == TemplateVerdict.Perhaps && judge?.OnlyInWords(code) is > 0 and var fragment)
                    _filters[code] = new WordFilter(column, judge, code, fragment);
            }
        }

        public void Start(ReadOnlySpan<ushort> ranks)
        {
            for (int code = 0; code < ranks.Length; code++)
                _ranks[code] = ranks[code];
        }

        public void Select(ReadOnlySpan<int> codes, int first, RowSet rows, RowSet hits)
        {
            for (int i = 0; i < codes.Length; i++)
            {
                int code = codes[i];
                if (_states[code] != TemplateVerdict.Perhaps)
                    continue;
                int rank = _ranks[code]++;
                if (!rows[first + i] || _filters[code] is { } filter && !filter.Has(rank))
                    continue;
                _text.Clear();
                _column.Render(code, rank, _text);
                if (Accepts(_test, _text.Span, _value))
                    hits.Add(first + i);
            }
        }
    }

    /// <summary>Tells rows of a template apart by their words alone. One thread.</summary>
    private sealed class WordFilter
    {
        private readonly TemplateJudge _judge;
        private readonly ulong _fragment;
        private readonly List<(IntPack Numbers, int First, int Count)> _slots = [];

        public WordFilter(TextColumn column, TemplateJudge judge, int code, ulong fragment)
        {
            (_judge, _fragment) = (judge, fragment);
            IntPack[] packs = column.Slots(code);
            (int pack, int slot) = (0, 0);
            foreach (byte b in column.Template(code))
            {
                if (b == TextTemplate.Word)
                    _slots.Add((packs[pack], column.FirstWord(code, slot), column.Words(code).Count(slot++)));
                pack += b < TextTemplate.Digits ? 0 : b == TextTemplate.Uuid ? 2 : 1;
            }
        }

        public bool Has(int rank)
        {
            foreach ((IntPack numbers, int first, int count) in _slots)
            {
                long word = numbers[rank];
                if ((ulong)word < (ulong)count && _judge.HasWord(first + (int)word, _fragment))
                    return true;
            }
            return false;
        }
    }

    private int FirstWord(int code, int slot) => layout.WordOf(code, slot);

    /// <param name="test">The question.</param>
    /// <param name="text">The string.</param>
    /// <param name="buffer">Used for the encoded value.</param>
    internal static bool Accepts(ValuePredicate test, ReadOnlySpan<byte> text, ByteBuffer buffer)
    {
        buffer.Clear();
        buffer.U8((byte)ValueKind.String);
        buffer.Blob(text);
        ReadOnlySpan<byte> rest = buffer.Span;
        return test.Accepts(FieldValue.Read(ref rest));
    }

    private int[] ReadCodes()
    {
        int[] codes = ArrayPool<int>.Shared.Rent(Math.Max(1, Rows));
        _pack.Read(codes.AsSpan(0, Rows));
        if (IntPack.Most(codes.AsSpan(0, Rows)) > (uint)Templates)
            throw new InvalidDataException("a row points past its templates");
        return codes;
    }

    private int CodeOf(int row)
    {
        if (_codes is { } codes)
            return codes[row];
        long code = _pack[row];
        return code >= 0 && code <= Templates ? (int)code : throw new InvalidDataException("a row points past its templates");
    }

    private void ReadRanks(int step)
    {
        int first = step * TextIndex.Step, end = Math.Min(Rows, first + TextIndex.Step);
        _pack.Load(first / IntPack.Chunk, (end + IntPack.Chunk - 1) / IntPack.Chunk);
        _counts ??= new int[Templates + 1];
        ReadOnlySpan<ushort> before = layout.Index(_pack, _bytes).Before(first);
        for (int code = 0; code < before.Length; code++)
            _counts[code] = before[code];
        Span<int> ranks = _ranks.AsSpan(0, end - first);
        for (int at = 0; at < ranks.Length; at += IntPack.Chunk)
            _pack.Read((first + at) / IntPack.Chunk, ranks[at..Math.Min(ranks.Length, at + IntPack.Chunk)]);
        foreach (ref int rank in ranks)
        {
            if ((uint)rank >= (uint)_counts.Length)
                throw new InvalidDataException("a row points past its templates");
            rank = _counts[rank]++;
        }
        _ranked = step;
    }

    private IntPack[] ReadSlots(int code)
    {
        TextIndex index = layout.Index(_pack, _bytes);
        ReadOnlySpan<int> places = index.SlotsOf(code);
        IntPack[] packs = places.Length == 0 ? [] : new IntPack[places.Length];
        for (int i = 0; i < packs.Length; i++)
        {
            int at = places[i];
            packs[i] = IntPack.Read(_bytes, ref at, index.CountOf(code));
        }
        return packs;
    }
}
