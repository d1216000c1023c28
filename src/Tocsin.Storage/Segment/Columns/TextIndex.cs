namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// How many rows each template of a text column has, up to where, and where the numbers of its slots lie. Immutable; any thread.
/// </summary>
internal sealed class TextIndex
{
    /// <summary>Rows between two places at which ranks are known.</summary>
    public const int Step = 8 * IntPack.Chunk;

    private readonly int _rows, _templates;
    private readonly int[] _counts;

    /// <summary>Rows of each template before each step; fewer than a block has.</summary>
    private readonly ushort[] _before;

    /// <summary>Where the pack of each slot of each template begins.</summary>
    private readonly int[] _packs;

    /// <summary>The first slot of each template, and behind the last.</summary>
    private readonly int[] _first;

    /// <param name="layout">The templates.</param>
    /// <param name="codes">The template of each row.</param>
    /// <param name="bytes">Of the column.</param>
    /// <param name="at">Where the first pack of a slot begins.</param>
    /// <param name="slots">Of all templates.</param>
    public TextIndex(TextLayout layout, IntPack codes, ColumnBytes bytes, int at, int slots)
    {
        (_rows, _templates) = (layout.Rows, layout.Templates);
        _counts = new int[_templates + 1];
        _before = new ushort[(layout.Rows + Step - 1) / Step * _templates];
        _packs = new int[slots];
        _first = new int[_templates + 1];
        Count(codes);
        int pack = 0;
        for (int code = 0; code < _templates; code++)
        {
            _first[code] = pack;
            for (int left = TextTemplate.SlotsOf(layout.Template(code)); left > 0; left--)
            {
                _packs[pack++] = at;
                PackLayout.Skip(bytes, ref at, _counts[code]);
            }
        }
        _first[_templates] = pack;
    }

    /// <summary>Bytes in memory, about.</summary>
    public static int SizeOf(int rows, int templates, int slots) => 200 + templates * 8 + slots * 4 + rows / Step * templates * 2;

    public int CountOf(int code) => _counts[code];

    public ReadOnlySpan<int> SlotsOf(int code) => _packs.AsSpan(_first[code], _first[code + 1] - _first[code]);

    /// <summary>Whether any row of a step has one of the templates that are not ruled out.</summary>
    /// <param name="row">The first of the step.</param>
    /// <param name="verdicts">Of each template.</param>
    public bool HasAny(int row, ReadOnlySpan<TemplateVerdict> verdicts)
    {
        ReadOnlySpan<ushort> before = Before(row);
        bool last = row + Step >= _rows;
        ReadOnlySpan<ushort> after = last ? default : Before(row + Step);
        for (int code = 0; code < before.Length; code++)
        {
            if (verdicts[code] != TemplateVerdict.Never && before[code] != (last ? _counts[code] : after[code]))
                return true;
        }
        return false;
    }

    /// <summary>How many rows of each template come before a row with which a step begins.</summary>
    public ReadOnlySpan<ushort> Before(int row) => _before.AsSpan(row / Step * _templates, _templates);

    /// <summary>How many rows of the same template come before the row, which has one.</summary>
    public int RankOf(int row, IntPack codes)
    {
        int code = (int)codes[row];
        if ((uint)code >= (uint)_templates)
            throw new InvalidDataException("a row points past its templates");
        int rank = _before[row / Step * _templates + code];
        Span<int> some = stackalloc int[IntPack.Chunk];
        for (int at = row / Step * Step; at < row; at += IntPack.Chunk)
        {
            Span<int> part = some[..Math.Min(IntPack.Chunk, row - at)];
            codes.Read(at / IntPack.Chunk, part);
            rank += part.Count(code);
        }
        return rank < _counts[code] ? rank : throw new InvalidDataException("a template has more rows than it counts");
    }

    private void Count(IntPack codes)
    {
        Span<int> some = stackalloc int[IntPack.Chunk];
        for (int at = 0; at < codes.Count; at += IntPack.Chunk)
        {
            if (at % Step == 0)
            {
                for (int code = 0; code < _templates; code++)
                    _before[at / Step * _templates + code] = (ushort)_counts[code];
            }
            Span<int> part = some[..Math.Min(IntPack.Chunk, codes.Count - at)];
            codes.Read(at / IntPack.Chunk, part);
            foreach (int code in part)
            {
                if ((uint)code > (uint)_templates)
                    throw new InvalidDataException("a row points past its templates");
                _counts[code]++;
            }
        }
    }
}
