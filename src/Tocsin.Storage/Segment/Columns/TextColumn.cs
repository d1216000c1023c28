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
    private const int FewRows = 64;

    private readonly IntPack _pack = new(layout.Codes, bytes);
    private readonly ColumnBytes _bytes = bytes;
    private readonly ByteBuffer _text = new(256);
    private int[]? _codes, _ranks;
    private IntPack[]?[]? _slots;
    private int _asked;

    public int Templates => layout.Templates;

    /// <summary>Template of each row; <see cref="Templates"/> when it has no value.</summary>
    public ReadOnlySpan<int> Codes => (_codes ??= ReadCodes()).AsSpan(0, Rows);

    public ReadOnlySpan<byte> Template(int code) => layout.Template(code);

    /// <summary>The words of each word slot of a template; the number of such a slot is the place of its word.</summary>
    public WordLists Words(int code) => layout.Words(code);

    /// <summary>The numbers of a template's rows, in their order, slot by slot.</summary>
    public IntPack[] Slots(int code) => (_slots ??= new IntPack[Templates][])[code] ??= ReadSlots(code);

    /// <summary>How many rows of the same template come before the row.</summary>
    public int RankOf(int row)
    {
        // All rows have one template: each is as many rows behind the first as its number says.
        if (_pack.Only is not null)
            return row;
        if (_ranks is null && _asked++ < FewRows)
            return layout.Index(_pack, _bytes).RankOf(row, _pack);
        return (_ranks ??= ReadRanks())[row];
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
            SelectDoubtful(test, states, null, rows, hits);
            return;
        }
        using var judge = new TemplateJudge(test, layout);
        judge.Judge(states.AsSpan(0, Templates));
        if (states.AsSpan().Contains(TemplateVerdict.Always))
        {
            bool[] accepted = ArrayPool<bool>.Shared.Rent(Templates + 1);
            for (int code = 0; code <= Templates; code++)
                accepted[code] = states[code] == TemplateVerdict.Always;
            CodesColumn.Select(Codes, accepted, rows, hits);
            ArrayPool<bool>.Shared.Return(accepted);
        }
        SelectDoubtful(test, states, judge, rows, hits);
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
            long[] read = ArrayPool<long>.Shared.Rent(Math.Max(1, count));
            packs[0].Read(read.AsSpan(0, count));
            for (int at = 0, hit; (hit = read.AsSpan(at, count - at).IndexOf(numbers[0])) >= 0; at += hit + 1)
            {
                int slot = 1;
                while (slot < packs.Length && packs[slot][at + hit] == numbers[slot])
                    slot++;
                if (slot == packs.Length)
                    wanted.Add(at + hit);
            }
            ArrayPool<long>.Shared.Return(read);
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

    /// <param name="test">The question.</param>
    /// <param name="states">Of each template.</param>
    /// <param name="judge">Knows which words may fulfil it; null when nobody does.</param>
    /// <param name="rows">Those asked for.</param>
    /// <param name="hits">Receives those that fulfil it.</param>
    private void SelectDoubtful(ValuePredicate test, TemplateVerdict[] states, TemplateJudge? judge, RowSet rows, RowSet hits)
    {
        if (!states.AsSpan().Contains(TemplateVerdict.Perhaps))
            return;
        var value = new ByteBuffer(512);
        var filters = new WordFilter?[Templates];
        int[] ranks = new int[Templates];
        for (int code = 0; code < Templates; code++)
        {
            if (states[code] == TemplateVerdict.Perhaps && judge?.OnlyInWords(code) is > 0 and var fragment)
                filters[code] = new WordFilter(this, judge, code, fragment);
        }
        ReadOnlySpan<int> codes = Codes;
        for (int row = 0; row < codes.Length; row++)
        {
            int code = codes[row];
            if (states[code] != TemplateVerdict.Perhaps)
                continue;
            int rank = ranks[code]++;
            if (!rows[row] || filters[code] is { } filter && !filter.Has(rank))
                continue;
            _text.Clear();
            Render(code, rank, _text);
            if (Accepts(test, _text.Span, value))
                hits.Add(row);
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
        uint most = 0;
        foreach (int code in codes.AsSpan(0, Rows))
            most = Math.Max(most, (uint)code);
        if (most > (uint)Templates)
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

    private int[] ReadRanks()
    {
        int[] ranks = ArrayPool<int>.Shared.Rent(Math.Max(1, Rows));
        int[] counts = new int[Templates + 1];
        ReadOnlySpan<int> codes = Codes;
        for (int row = 0; row < codes.Length; row++)
            ranks[row] = counts[codes[row]]++;
        return ranks;
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
