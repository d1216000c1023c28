using System.Buffers.Binary;
using Tocsin.Model.Events;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Segment.Columns;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests.Segment;

/// <summary>Ids that repeat stand once each, without tag and length.</summary>
public sealed class IdColumnTests
{
    private const int Rows = 6000;

    [Fact]
    public void Ids_in_bursts_come_back_row_by_row() => ComeBack(row => row % 5 == 4 ? -1 : row / 3, CodesColumn.Recent);

    [Fact]
    public void Ids_without_order_come_back_row_by_row()
    {
        var random = new Random(5);
        int[] ids = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(3000))];
        ComeBack(row => ids[row], CodesColumn.Plain);
    }

    [Fact]
    public void Ids_that_hardly_repeat_lie_as_they_are()
    {
        (ColumnEncoding encoding, byte[] raw) = Encoded(row => row * 7919 % 5000);
        encoding.ShouldBe(ColumnEncoding.Fixed);
        raw.Length.ShouldBeLessThan(Rows * 8 + 64);
    }

    /// <summary>The bytes of docs/formats/segment.md, which readers of other versions rely on.</summary>
    [Fact]
    public void The_values_stand_behind_mode_count_tag_and_width()
    {
        (ColumnEncoding encoding, byte[] raw) = Encoded(row => row / 20);
        ((byte)encoding).ShouldBe((byte)22);
        // 300 values of 8 bytes, the first two of them; all rows present; a pack of 20 ages each.
        Convert.ToHexStringLower(raw[..21]).ShouldBe("01ac020608" + "0000000000000000" + "15" + "7c4a7fb979379e"[..14]);
        raw[(5 + 300 * 8)..(5 + 300 * 8 + 2)].ShouldBe(new byte[] { 0, 0 });
        raw.Length.ShouldBeLessThan(5 + 300 * 8 + Rows);
    }

    [Fact]
    public void A_value_is_found_by_its_bytes()
    {
        (ColumnEncoding encoding, byte[] raw) = Encoded(row => row / 3);
        var bytes = new ColumnBytes(raw);
        ValueTable values = ColumnLayout.Read(encoding, bytes, Rows).ShouldBeOfType<CodesLayout>().Values;
        for (int code = 0; code < values.Count; code += 77)
            values.Find(values.Of(code, bytes).ToArray(), bytes).ShouldBe(code);
        values.Find(Value(1_000_000), bytes).ShouldBe(-1);
        values.Find([(byte)ValueKind.Bytes, 2, 0, 0], bytes).ShouldBe(-1);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void A_damaged_column_is_refused_or_gives_values()
    {
        (ColumnEncoding encoding, byte[] raw) = Encoded(row => row / 3);
        var mutation = new Mutation(FuzzSeed.Of(22));
        var value = new ByteBuffer();
        for (int round = 0; round < 2000; round++)
        {
            try
            {
                using Column column = Column.Read(encoding, mutation.Of(raw), Rows);
                for (int row = 0; row < Rows; row += 501)
                {
                    value.Clear();
                    column.Write(row, value);
                }
            }
            catch (InvalidDataException)
            {
                // What a reader does with it is its own business.
            }
        }
    }

    private static void ComeBack(Func<int, int> idOf, byte mode)
    {
        (ColumnEncoding encoding, byte[] raw) = Encoded(idOf);
        encoding.ShouldBe(ColumnEncoding.FixedCodes);
        raw[0].ShouldBe(mode);
        using Column column = Column.Read(encoding, raw, Rows);
        var value = new ByteBuffer();
        for (int row = 0; row < Rows; row++)
        {
            int id = idOf(row);
            column.Has(row).ShouldBe(id >= 0);
            value.Clear();
            column.Write(row, value);
            value.Span.ToArray().ShouldBe(id < 0 ? [] : Value(id));
        }
    }

    private static (ColumnEncoding, byte[]) Encoded(Func<int, int> idOf)
    {
        var builder = new ColumnBuilder(ColumnRole.SpanId, [], new ColumnScratch());
        builder.Clear();
        for (int row = 0; row < Rows; row++)
        {
            if (idOf(row) is >= 0 and var id)
                builder.Add(row, Value(id));
        }
        var raw = new ByteBuffer();
        return (builder.Encode(Rows, raw, new TokenSet()), raw.Span.ToArray());
    }

    private static byte[] Value(int id)
    {
        byte[] value = [(byte)ValueKind.Bytes, 8, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(2), unchecked((ulong)id * 0x9E3779B97F4A7C15));
        return value;
    }
}
