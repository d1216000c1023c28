using Tocsin.Storage.Segment;
using Tocsin.Storage.Segment.Columns;
using Tocsin.Testing;

namespace Tocsin.Storage.Tests.Segment;

public sealed class IntPackTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Kind", "Fuzz")]
    public void Numbers_of_every_width_come_back(bool delta)
    {
        Random random = FuzzSeed.Random(13);
        for (int width = 0; width <= 64; width++)
        {
            long[] numbers = [.. Enumerable.Range(0, random.Next(1, 2600)).Select(_ => Number(random, width))];
            var bytes = new ByteBuffer();
            bytes.U8(7);
            IntPack.Write(numbers, delta, bytes);
            int end = bytes.Length;
            bytes.Take(IntPack.Padding).Clear();
            int at = 1;
            IntPack pack = IntPack.Read(new ColumnBytes(bytes.Span.ToArray()), ref at, numbers.Length);
            at.ShouldBe(end);
            long[] all = new long[numbers.Length];
            pack.Read(all);
            all.ShouldBe(numbers, $"width {width}");
            int some = random.Next(numbers.Length);
            pack[some].ShouldBe(numbers[some], $"width {width}");
            int from = random.Next(numbers.Length);
            foreach (long wanted in (long[])[numbers[some], numbers[^1], unchecked(numbers[some] + 1), long.MinValue, random.NextInt64()])
                pack.IndexOf(wanted, from).ShouldBe(Array.IndexOf(numbers, wanted, from), $"width {width}");
        }
    }

    [Fact]
    public void The_greatest_of_some_numbers_is_found_wherever_it_stands()
    {
        for (int length = 0; length < 70; length++)
        {
            for (int place = 0; place < length; place++)
            {
                int[] numbers = Enumerable.Repeat(5, length).ToArray();
                numbers[place] = place % 2 == 0 ? 1000 : -1;
                IntPack.Most(numbers).ShouldBe(place % 2 == 0 ? 1000 : uint.MaxValue);
            }
        }
        IntPack.Most([]).ShouldBe(0u);
    }

    [Fact]
    public void A_pack_that_reaches_past_its_bytes_is_refused()
    {
        var bytes = new ByteBuffer();
        IntPack.Write([1, 2, 1000], delta: false, bytes);
        int at = 0;
        Should.Throw<InvalidDataException>(() => IntPack.Read(new ColumnBytes(bytes.Span.ToArray()), ref at, 3));
        Should.Throw<InvalidDataException>(() => IntPack.Read(new ColumnBytes(bytes.Span.ToArray()), ref at, 4000));
    }

    private static long Number(Random random, int width) => width == 0 ? 42
        : (long)((ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - width)) + (width < 63 ? -5 : 0);
}
