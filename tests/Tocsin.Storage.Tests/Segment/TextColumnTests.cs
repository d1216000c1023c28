using System.Text;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Segment.Columns;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests.Segment;

/// <summary>Texts come back to the byte, and a column answers what each of its texts would.</summary>
public sealed class TextColumnTests
{
    private static readonly string[] s_verbs = ["load", "store", "face", "added", "GET", "Über"];
    private static readonly string[] s_names = ["ann", "bob", "cyd_1", "d-4", "\"gift wrap\"", "", "ñandú", "x86", "deadbeef", "v1"];

    [Theory]
    [InlineData("order 17 of 8f3a9c00 took 0.50 ms", "order \u00f8 of \u00f9 took \u00f8.\u00f8 ms")]
    [InlineData("trace 4bf92f3577b34da6a3ce929d0e0e4736", "trace \u00fa\u00fa")]
    [InlineData("id 3F2504E04F8911D39A0C0305E82C3301!", "id \u00fc\u00fc!")]
    [InlineData("run 3f2504e0-4f89-11d3-9a0c-0305e82c3301 ended", "run \u00fd ended")]
    [InlineData("GET /api/v1/orders of utf8", "GET /api/v1/orders of utf8")]
    [InlineData("user123 0x1F a1b2", "user\u00f8 \u00f8x\u00f8F \u00f9")]
    public void Runs_of_digits_become_slots(string text, string template)
    {
        Span<byte> into = stackalloc byte[text.Length * 3];
        TextTemplate.Split(Encoding.UTF8.GetBytes(text), into, out int length, new long[TextTemplate.MaxSlots], out _, null).ShouldBeTrue();
        Encoding.Latin1.GetString(into[..length]).ShouldBe(template);
    }

    [Fact]
    public void A_text_with_a_byte_that_stands_for_a_slot_is_not_split()
    {
        byte[] text = [.. "order "u8, 0xF8, .. " 17"u8];
        TextTemplate.Split(text, new byte[64], out _, new long[TextTemplate.MaxSlots], out _, null).ShouldBeFalse();
    }

    [Fact]
    public void Templates_that_differ_in_words_share_one()
    {
        using Column column = Encoded(Enumerable.Range(0, 2000).Select(i => Utf8($"moved {i} from {s_verbs[i % 5]} to {s_names[i % 2]} by clerk")), out _);
        var text = column.ShouldBeOfType<TextColumn>();
        text.Templates.ShouldBe(1);
        text.Words(0).Slots.ShouldBe(2);
    }

    [Fact]
    public void A_text_may_have_as_many_numbers_and_words_as_there_can_be_slots()
    {
        byte[][] texts = [.. Enumerable.Range(0, 600).Select(i => Utf8(
            string.Join('.', Enumerable.Range(100 + i, TextTemplate.MaxSlots)) + " " + string.Join(' ', Enumerable.Range(0, 40).Select(word => word < 15 ? s_verbs[(i + word) % 5] : "same"))))];
        using Column column = Encoded(texts, out _);
        column.ShouldBeOfType<TextColumn>().Words(0).Slots.ShouldBeGreaterThan(1);
        var value = new ByteBuffer();
        for (int row = 0; row < texts.Length; row++)
        {
            value.Clear();
            column.Write(row, value);
            TextOf(value.Span).ShouldBe(texts[row]);
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Texts_come_back_to_the_byte()
    {
        Random random = FuzzSeed.Random(11);
        for (int round = 0; round < FuzzSeed.Cases(40); round++)
        {
            List<byte[]?> texts = Texts(random, random.Next(1, 3000));
            using Column column = Encoded(texts, out _);
            var value = new ByteBuffer();
            for (int row = 0; row < texts.Count; row++)
            {
                value.Clear();
                column.Write(row, value);
                TextOf(value.Span).ShouldBe(texts[row], $"row {row} of round {round}");
            }
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void A_column_selects_the_rows_whose_texts_match_and_its_filter_denies_none_of_them()
    {
        Random random = FuzzSeed.Random(12);
        for (int round = 0; round < FuzzSeed.Cases(60); round++)
        {
            List<byte[]?> texts = Texts(random, random.Next(200, 1500));
            using Column column = Encoded(texts, out byte[] filter);
            for (int i = 0; i < 40; i++)
            {
                ValuePredicate test = Question(random, texts);
                var rows = new RowSet(texts.Count);
                rows.AddRange(random.Next(2) * random.Next(texts.Count), texts.Count);
                var hits = new RowSet(texts.Count);
                column.Select(test, rows, hits);
                int[] wanted = [.. rows.ToArray().Where(row => texts[row] is { } text && Matches(test, text))];
                hits.ToArray().ShouldBe(wanted, $"{test} of round {round}");
                if (wanted.Length > 0)
                    test.MayMatch(new Filter(filter)).ShouldBeTrue($"the word filter denies {test}");
            }
        }
    }

    private static ValuePredicate Question(Random random, List<byte[]?> texts)
    {
        string text = Encoding.UTF8.GetString(texts[random.Next(texts.Count)] ?? "nothing"u8);
        int start = random.Next(text.Length + 1);
        string part = text.Substring(start, random.Next(Math.Min(12, text.Length - start) + 1));
        if (random.Next(6) == 0)
            part = new string([.. part.Reverse()]);
        string escaped = string.Concat(part.Select(c => c is '*' or '?' or '\\' ? $"\\{c}" : $"{c}"));
        return random.Next(6) switch
        {
            0 => new TextContains(part.ToUpperInvariant()),
            1 => new TextMatches($"*{escaped}*"),
            2 => new TextMatches(escaped.Length > 3 ? $"{escaped[..2].TrimEnd('\\')}*{escaped[3..]}?" : "?*"),
            3 => new FieldEquals(new FieldPath("f"), random.Next(2) == 0 ? text : part),
            4 => new FieldContains(new FieldPath("f"), part),
            _ => new TextContains(part),
        };
    }

    private static List<byte[]?> Texts(Random random, int count)
    {
        bool many = random.Next(3) == 0;
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(20) == 0 ? null : many ? Wild(random) : Utf8(Line(random)))];
    }

    private static string Line(Random random)
    {
        string verb = s_verbs[random.Next(s_verbs.Length)], name = s_names[random.Next(s_names.Length)];
        return random.Next(9) switch
        {
            0 => $"{verb} of order {random.Next(100_000)} for {name} done in {random.NextDouble() * 100:0.000} ms",
            1 => $"req-{random.NextInt64():x16}",
            2 => $"user-{random.Next(300):000}",
            3 => $"session {Guid.NewGuid()} of {name} from 10.{random.Next(256)}.{random.Next(256)}.7:{random.Next(65536)}",
            4 => $"lock x_{random.Next():x8} released by {name} after {random.Next(9)} tries",
            5 => $"{name}_{new Guid(random.Next(), 1, 2, 0xab, 0xcd, 0xef, 0xab, 0xcd, 0xef, 0xab, 0xcd)} {verb}",
            6 => $"code {random.Next():X8} {random.NextInt64():X16}  {random.NextInt64():d19}{random.NextInt64():d19}",
            7 => $"wrote /var/{verb}/part-{random.Next(100):00000}.log {random.Next(5) - 2}",
            _ => $"{verb} abcdefab-cdef-abcd-efab-cdefabcdef{random.Next(100):00} {name}",
        };
    }

    // Texts that have nothing in common, and bytes that are no UTF-8.
    private static byte[] Wild(Random random)
    {
        byte[] text = new byte[random.Next(40)];
        random.NextBytes(text);
        if (random.Next(4) > 0)
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = (byte)" abcdef0123456789_-ABCxyz"[text[i] % 25];
        }
        return text;
    }

    private static Column Encoded(IEnumerable<byte[]?> texts, out byte[] filter)
    {
        var builder = new ColumnBuilder(ColumnRole.Field, [1], new ColumnScratch());
        builder.Clear();
        var value = new ByteBuffer();
        int rows = 0;
        foreach (byte[]? text in texts)
        {
            if (text is not null)
            {
                value.Clear();
                value.U8((byte)ValueKind.String);
                value.Blob(text);
                builder.Add(rows, value.Span);
            }
            rows++;
        }
        var (raw, tokens, bits) = (new ByteBuffer(), new TokenSet(), new ByteBuffer());
        if (builder.Count == 0)
            builder.Add(0, [(byte)ValueKind.String, 0]);
        ColumnEncoding encoding = builder.Encode(rows, raw, tokens);
        tokens.WriteFilter(bits);
        filter = bits.Span.ToArray();
        return Column.Read(encoding, raw.Span.ToArray(), rows);
    }

    private static bool Matches(ValuePredicate test, byte[] text)
    {
        var value = new ByteBuffer();
        return TextColumn.Accepts(test, text, value);
    }

    private static byte[]? TextOf(ReadOnlySpan<byte> value) => value.Length == 0 ? null : FieldValue.Read(ref value).Payload.ToArray();

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Filter(byte[] bits) : BlockSummary
    {
        public override byte MinSeverity => 0;

        public override byte MaxSeverity => 24;

        public override bool MayContain(ulong hash) => TokenFilter.MayContain(bits, hash);
    }
}
