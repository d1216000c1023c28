using Tocsin.Query.Patterns;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Patterns;

public sealed class MessagePatternTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("all is well", "all is well")]
    [InlineData("took 12ms", "took <n>ms")]
    [InlineData("took 12.5 ms", "took <n> ms")]
    [InlineData("order 17 of 25, 3 left.", "order <n> of <n>, <n> left.")]
    [InlineData("user 4bf92f35-77b3-4da6-a3ce-929d0e0e4736 gone", "user <uuid> gone")]
    [InlineData("from 10.0.0.7:5432 to [fe80::1]", "from <ip> to [<ip>]")]
    [InlineData("from 10.0.0.7: refused", "from <ip>: refused")]
    [InlineData("at 2026-03-14T15:00:00.123Z and 15:00:00", "at <time> and <time>")]
    [InlineData("id 7f3a9c2e41 and 0xDEADbeef", "id <hex> and <hex>")]
    [InlineData("deadbeef is a word", "deadbeef is a word")]
    [InlineData("12345678 is a number", "<n> is a number")]
    [InlineData("version 1.2.3-beta4", "version <n>-beta<n>")]
    [InlineData("worker-7: node_12", "worker-<n>: node_<n>")]
    [InlineData("GET /users/42/orders?page=3", "GET /users/<n>/orders?page=<n>")]
    [InlineData("a   b\n\tc ", "a b c")]
    [InlineData("Übung 7", "Übung <n>")]
    public void What_changes_becomes_a_mark(string message, string want) => MessagePattern.Of(message).ShouldBe(want);

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Other_numbers_give_the_same_pattern()
    {
        string[] pieces = ["a", "Z", " ", ".", ":", "-", "_", "/", "0x", "é", "\uD800", "x1", "::", "12", "ff"];
        Random random = FuzzSeed.Random(11);
        for (int i = FuzzSeed.Cases(20_000); i > 0; i--)
        {
            string[] parts = [.. Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])];
            string one = string.Concat(parts.Select(p => p == "12" ? " 12 " : p)), other = string.Concat(parts.Select(p => p == "12" ? " 90871 " : p));
            MessagePattern.Of(one).ShouldBe(MessagePattern.Of(other), one);
        }
    }

    [Fact]
    public void Long_messages_are_looked_at_from_the_start_only() =>
        MessagePattern.Of(new string('1', 1 << 20)).ShouldBe("<n>");
}
