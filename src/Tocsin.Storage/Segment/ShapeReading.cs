using System.Numerics;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Numbers the shapes of texts that lie as templates: a text is put together and looked at once per template, length of its numbers
/// and words. Templates about which <see cref="ValueShape"/> promises too little are looked at row by row. One thread.
/// </summary>
internal sealed class ShapeReading(TextColumn column, ValueShape shape, KeyTable table)
{
    /// <summary>Of what tells the texts of a template apart: up to these an array, beyond a table, beyond that too much.</summary>
    private const int FewBits = 12, MostBits = 60;

    private const int LengthBits = 5, MinHex = 8;

    /// <summary>By how much a number of any length makes one text longer than another at most.</summary>
    private const int MostLonger = 17;

    private readonly ByteBuffer _value = new(256), _form = new(256);

    public void Read(ReadOnlySpan<int> rows, Span<int> into)
    {
        ReadOnlySpan<int> codes = column.Codes;
        var known = new Known?[column.Templates + 1];
        for (int i = 0; i < rows.Length; i++)
        {
            int code = codes[rows[i]];
            if (code == column.Templates || into[i] != KeyTable.Missing)
                continue;
            Known keys = known[code] ??= new Known(column, code);
            into[i] = keys.Only != 0 ? keys.Only - 1 : KeyOf(keys, rows[i]);
        }
    }

    private int KeyOf(Known keys, int row)
    {
        if (!keys.TryFind(column.RankOf(row), out ulong sort))
            return Look(row, out _);
        int key = keys[sort];
        if (key != 0)
            return key - 1;
        // The same template stands in many blocks.
        _form.Clear();
        keys.WriteForm(column.RankOf(row), _form);
        ref int known = ref table.OfForm(_form.Span);
        if (known == 0)
        {
            key = Look(row, out int length) + 1;
            if (length + MostLonger * keys.Loose > shape.Longest)
                return key - 1;
            known = key;
        }
        keys[sort] = known;
        return known - 1;
    }

    private int Look(int row, out int length)
    {
        _value.Clear();
        column.Write(row, _value);
        ReadOnlySpan<byte> encoded = _value.Span;
        FieldValue value = FieldValue.Read(ref encoded);
        length = value.Payload.Length;
        return table.OfText(shape.Of(value.ToString()));
    }

    /// <summary>What is known of the texts of one template.</summary>
    private sealed class Known
    {
        private readonly TextColumn _column;
        private readonly int _code;
        private readonly IntPack[] _packs;

        private readonly Slot[] _slots;

        private readonly bool _safe;
        private readonly int[]? _few;
        private readonly Dictionary<ulong, int>? _many;

        public Known(TextColumn column, int code)
        {
            (_column, _code) = (column, code);
            _packs = column.Slots(code);
            _slots = new Slot[_packs.Length];
            _safe = TrySlots(column.Template(code), column.Words(code), out int bits);
            if (!_safe)
                return;
            if (bits <= FewBits)
                _few = new int[1 << bits];
            else
                _many = [];
        }

        /// <summary>Numbers that may have any length.</summary>
        public int Loose { get; private set; }

        /// <summary>The key plus one of all texts, when they have one and it is known; else 0.</summary>
        public int Only => _few is [var only] ? only : 0;

        /// <summary>The key plus one; 0 when it is not known.</summary>
        public int this[ulong sort]
        {
            get => _few is not null ? _few[sort] : _many!.GetValueOrDefault(sort);
            set
            {
                if (_few is not null)
                    _few[sort] = value;
                else
                    _many![sort] = value;
            }
        }

        /// <summary>What tells the text from others of the template; false when that is all of it.</summary>
        public bool TryFind(int rank, out ulong sort)
        {
            sort = 0;
            if (!_safe)
                return false;
            for (int i = 0; i < _slots.Length; i++)
            {
                if (_slots[i].Kind == SlotKind.Any)
                    continue;
                uint sign = SignOf(i, rank);
                if (_slots[i].Kind == SlotKind.LoneHex && sign < MinHex)
                    return false;
                if ((ulong)sign >> _slots[i].Bits != 0)
                    throw new InvalidDataException("a slot points past its words");
                sort = sort << _slots[i].Bits | sign;
            }
            return true;
        }

        /// <summary>The text without what does not matter of its numbers.</summary>
        public void WriteForm(int rank, ByteBuffer into)
        {
            int slot = 0, word = 0;
            foreach (byte b in _column.Template(_code))
            {
                if (b == TextTemplate.Word)
                {
                    into.Bytes(_column.Words(_code)[word++, _packs[slot++][rank]]);
                    continue;
                }
                into.U8(b);
                if (b >= TextTemplate.Digits)
                {
                    into.U8(_slots[slot].Kind == SlotKind.Any ? (byte)0 : (byte)SignOf(slot, rank));
                    slot += b == TextTemplate.Uuid ? 2 : 1;
                }
            }
        }

        /// <summary>What matters of a number: how many digits, or which word.</summary>
        private uint SignOf(int slot, int rank)
        {
            long number = _packs[slot][rank];
            return _slots[slot].Kind switch
            {
                SlotKind.Word => (uint)number,
                // A single zero may begin 0x.
                SlotKind.Digits => number == 10 ? 0 : (uint)DigitsOf(number),
                _ => (uint)BitOperations.Log2((ulong)number | 1) / 4,
            };
        }

        private static int DigitsOf(long number)
        {
            if (number < 10)
                throw new InvalidDataException("a slot has no digits");
            int digits = 0;
            for (ulong rest = (ulong)number; rest >= 10; rest /= 10)
                digits++;
            return digits;
        }

        private bool TrySlots(ReadOnlySpan<byte> template, WordLists words, out int bits)
        {
            bits = 0;
            for (int at = 0, slot = 0, word = 0; at < template.Length; at++)
            {
                switch (template[at])
                {
                    case < TextTemplate.Digits:
                        break;
                    case TextTemplate.Digits when IsLoose(template, at):
                        _slots[slot++] = default;
                        Loose++;
                        break;
                    case TextTemplate.Digits:
                        _slots[slot++] = new Slot(SlotKind.Digits, LengthBits);
                        break;
                    case TextTemplate.Word:
                        int wide = 32 - BitOperations.LeadingZeroCount((uint)words.Count(word++));
                        _slots[slot++] = new Slot(SlotKind.Word, wide);
                        break;
                    case TextTemplate.Uuid:
                        if (IsPart(template, at - 1, joints: true) || IsPart(template, at + 1, joints: true))
                            return false;
                        slot += 2;
                        break;
                    default:
                        int from = at;
                        while (at + 1 < template.Length && IsHex(template[at + 1]))
                            at++;
                        if (IsPart(template, from - 1, joints: false) || IsPart(template, at + 1, joints: false))
                            return false;
                        bool lone = from == at;
                        for (; from <= at; from++)
                        {
                            _slots[slot++] = template[from] is TextTemplate.Hex16 or TextTemplate.UpperHex16 ? default
                                : new Slot(lone ? SlotKind.LoneHex : SlotKind.Hex, LengthBits);
                        }
                        break;
                }
            }
            foreach (Slot one in _slots)
                bits += one.Bits;
            return bits <= MostBits;
        }

        /// <summary>Whether a number of any length may stand there.</summary>
        private static bool IsLoose(ReadOnlySpan<byte> template, int at)
        {
            int from = at, to = at + 1;
            while (IsPart(template, from - 1, joints: true))
                from--;
            while (IsPart(template, to, joints: true))
                to++;
            ReadOnlySpan<byte> word = template[from..to].TrimEnd(".:-"u8);
            int colons = word.Count((byte)':');
            return !word.ContainsAnyExcept(TextTemplate.Digits, (byte)'.', (byte)':')
                && (colons == 0 || colons == 1 && word.Count((byte)'.') == 3);
        }

        private static bool IsHex(byte b) => b is >= TextTemplate.Hex and < TextTemplate.Uuid;

        private static bool IsPart(ReadOnlySpan<byte> template, int at, bool joints) => at >= 0 && at < template.Length
            && (template[at] >= 0x80 || char.IsAsciiLetterOrDigit((char)template[at]) || template[at] == '_'
                || joints && template[at] is (byte)'.' or (byte)':' or (byte)'-');
    }

    private enum SlotKind
    {
        /// <summary>Its number does not matter.</summary>
        Any,
        Digits,
        Word,

        /// <summary>The end of a longer number.</summary>
        Hex,
        LoneHex,
    }

    private readonly record struct Slot(SlotKind Kind, int Bits);
}
