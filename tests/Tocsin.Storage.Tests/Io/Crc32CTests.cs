using System.Text;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Tests.Io;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_standard_comes_out() =>
        Assert.Equal(0xE3069283, Crc32C.Of(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void Every_length_has_the_sum_of_its_bits_one_by_one()
    {
        byte[] bytes = new byte[2400];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length += length < 800 ? 1 : 31)
            Assert.Equal(BitByBit(bytes.AsSpan(0, length)), Crc32C.Of(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void A_sum_goes_on_from_the_sum_of_the_bytes_before()
    {
        byte[] bytes = new byte[4000];
        new Random(2).NextBytes(bytes);
        foreach (int cut in (int[])[0, 1, 767, 768, 769, 2000, 4000])
            Assert.Equal(Crc32C.Of(bytes), Crc32C.Of(bytes.AsSpan(cut), Crc32C.Of(bytes.AsSpan(0, cut))));
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
