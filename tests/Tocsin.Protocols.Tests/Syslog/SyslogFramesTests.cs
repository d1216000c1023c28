using System.Text;
using Tocsin.Protocols.Syslog;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Syslog;

public sealed class SyslogFramesTests
{
    [Theory]
    [InlineData("<1>a\n<2>b\n", "<1>a|<2>b", "")]
    [InlineData("<1>a\r\n\n<2>b\0<3>c", "<1>a|<2>b", "<3>c")]
    [InlineData("5 <1>ab6 <2>c\nd4 <3>", "<1>ab|<2>c\nd", "")]
    [InlineData("5 <1>ab<2>line\n5 <3>cd", "<1>ab|<2>line|<3>cd", "")]
    [InlineData("2026 was a year\n42\n7", "2026 was a year|42", "")]
    [InlineData("12345678 <1>not a count\n", "12345678 <1>not a count", "")]
    [InlineData("0 <1>x\n", "0 <1>x", "")]
    public void Both_framings_are_cut_whatever_the_size_of_the_reads(string stream, string messages, string last)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(stream);
        for (int size = 1; size <= bytes.Length; size++)
        {
            (List<string> cut, string rest, long tooLong) = Cut(bytes, size);
            string.Join('|', cut).ShouldBe(messages, $"reads of {size}");
            (rest, tooLong).ShouldBe((last, 0));
        }
    }

    [Theory]
    [InlineData("<1>{0}\n<2>after\n")]
    [InlineData("103 <1>{0}<2>after\n")]
    public void A_message_that_is_too_long_is_passed_over_and_counted(string stream)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Format(stream, new string('x', 100)));
        for (int size = 1; size <= bytes.Length; size++)
        {
            (List<string> cut, _, long tooLong) = Cut(bytes, size, maxBytes: 50);
            string.Join('|', cut).ShouldBe("<2>after", $"reads of {size}");
            tooLong.ShouldBe(1);
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_bytes_are_cut_and_the_size_of_the_reads_does_not_matter()
    {
        var mutation = new Mutation(FuzzSeed.Of(51));
        Random random = FuzzSeed.Random(51);
        byte[] seed = "5 <1>ab<2>line\n25 <3>cdefghijklmnopqrstuvwx<4>x\0<5>long long long long long\n"u8.ToArray();
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = mutation.Of(seed);
            (List<string> whole, string rest, long tooLong) = Cut(bytes, Math.Max(1, bytes.Length), maxBytes: 30);
            (List<string> parts, string restOfParts, long tooLongOfParts) = Cut(bytes, random.Next(1, 9), maxBytes: 30);
            parts.ShouldBe(whole, Convert.ToBase64String(bytes));
            (restOfParts, tooLongOfParts).ShouldBe((rest, tooLong));
        }
    }

    private static (List<string> Messages, string Last, long TooLong) Cut(byte[] bytes, int size, int maxBytes = 1000)
    {
        using var frames = new SyslogFrames(maxBytes);
        List<string> messages = [];
        for (int at = 0; at < bytes.Length; at += size)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(at, Math.Min(size, bytes.Length - at));
            while (!part.IsEmpty)
            {
                Span<byte> space = frames.Space().Span;
                int taken = Math.Min(space.Length, part.Length);
                part[..taken].CopyTo(space);
                frames.Advance(taken);
                part = part[taken..];
                while (frames.Next(out ReadOnlySpan<byte> message))
                    messages.Add(Encoding.Latin1.GetString(message));
            }
        }
        return (messages, Encoding.Latin1.GetString(frames.Last()), frames.TooLong);
    }
}
