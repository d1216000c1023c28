using Tocsin.Ingest.Redaction;

namespace Tocsin.Ingest.Tests;

public sealed class TextTraitsTests
{
    [Fact]
    public void They_are_those_that_a_look_at_each_byte_finds()
    {
        var random = new Random(7);
        byte[] often = [.. "09=:JI -/AK;<"u8, 0x7F, 0x80, 0xC3, 0xFF];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] text = new byte[random.Next(100)];
            random.NextBytes(text);
            for (int i = 0; i < text.Length; i++)
                text[i] = round % 3 == 0 ? (byte)(text[i] & 0x7F) : round % 3 == 1 ? (byte)'x' : text[i];
            for (int i = 0; text.Length > 0 && i < round % 4; i++)
                text[random.Next(text.Length)] = often[random.Next(often.Length)];

            TextTraits traits = TextTraits.Of(text);

            int digits = text.Count(b => b is >= (byte)'0' and <= (byte)'9');
            traits.Digits.ShouldBeInRange(digits, 2 * digits);
            traits.HasSeparator.ShouldBe(text.Contains((byte)'=') || text.Contains((byte)':'));
            traits.HasUpperJ.ShouldBe(text.Contains((byte)'J'));
            traits.HasUpperI.ShouldBe(text.Contains((byte)'I'));
            traits.HasSpace.ShouldBe(text.Contains((byte)' '));
            traits.HasDash.ShouldBe(text.Contains((byte)'-'));
            traits.IsAscii.ShouldBe(text.All(b => b < 0x80));
        }
    }

    [Fact]
    public void A_judged_name_is_found_again_and_no_other_is_taken_for_it()
    {
        var names = new JudgedNames();
        var random = new Random(3);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] name = System.Text.Encoding.UTF8.GetBytes($"{(char)('a' + random.Next(3))}.{random.Next(200)}");
            bool expected = name[^1] % 2 == 0;
            if (names.TryFind(name, out bool sensitive))
                sensitive.ShouldBe(expected);
            names.Add(name, expected);
            names.TryFind(name, out sensitive).ShouldBeTrue();
            sensitive.ShouldBe(expected);
        }
        names.TryFind([], out _).ShouldBeFalse();
    }
}
