using System.Text;
using Tocsin.Testing;
using TocsinSdk.Health.Checks;
using TocsinSdk.Health.Redis;

namespace TocsinSdk.Tests.Health;

/// <summary>Redis's protocol and addresses, by hand.</summary>
public sealed class RedisWireTests
{
    private static readonly (byte[] Wire, RespReply Reply)[] s_replies =
    [
        ("+PONG\r\n"u8.ToArray(), new(false, "PONG")),
        ("-WRONGPASS invalid\r\n"u8.ToArray(), new(true, "WRONGPASS invalid")),
        (":42\r\n"u8.ToArray(), new(false, "42")),
        ("$5\r\na\r\nbc\r\n"u8.ToArray(), new(false, "a\r\nbc")),
        ("$0\r\n\r\n"u8.ToArray(), new(false, "")),
        ("$-1\r\n"u8.ToArray(), new(false, null)),
        ("+\r\n"u8.ToArray(), new(false, "")),
    ];

    [Fact]
    public void Every_reply_is_read_whole_and_no_beginning_of_it_is()
    {
        foreach (var (wire, expected) in s_replies)
        {
            for (var length = 0; length < wire.Length; length++)
                RespReply.TryRead(wire.AsSpan(0, length), out _, out _).ShouldBeFalse();
            RespReply.TryRead([.. wire, .. "+more"u8], out var reply, out var consumed).ShouldBeTrue();
            reply.ShouldBe(expected);
            consumed.ShouldBe(wire.Length);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("*1\r\n$1\r\na\r\n")]
    [InlineData("$999999999999\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$1\r\nabcd")]
    [InlineData("\r\n")]
    public void What_is_no_reply_is_refused(string wire) => Should.Throw<InvalidDataException>(
        () => RespReply.TryRead(Encoding.UTF8.GetBytes(wire), out _, out _));

    [Fact]
    public void A_line_without_end_is_refused() => Should.Throw<InvalidDataException>(
        () => RespReply.TryRead(new byte[RespReply.MaxLine + 1].Select(_ => (byte)'+').ToArray(), out _, out _));

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Random_bytes_are_a_reply_or_incomplete_or_refused()
    {
        var random = FuzzSeed.Random(20261121);
        for (var i = 0; i < 20_000; i++)
        {
            var wire = s_replies[random.Next(s_replies.Length)].Wire.ToArray();
            for (var change = random.Next(4); change > 0; change--)
                wire[random.Next(wire.Length)] = (byte)random.Next(256);
            try
            {
                if (RespReply.TryRead(wire, out _, out var consumed))
                    consumed.ShouldBeInRange(3, wire.Length);
            }
            catch (InvalidDataException)
            {
                // refused
            }
        }
    }

    [Fact]
    public void A_command_counts_bytes_not_characters() =>
        Encoding.UTF8.GetString(RespReply.Command("AUTH", "größe")).ShouldBe("*2\r\n$4\r\nAUTH\r\n$7\r\ngröße\r\n");

    [Theory]
    [InlineData("redis://localhost", "localhost", 6379, false, null, null)]
    [InlineData("rediss://worker:p%40ss@cache.example:6380", "cache.example", 6380, true, "worker", "p@ss")]
    [InlineData("redis://:secret@10.0.0.1", "10.0.0.1", 6379, false, null, "secret")]
    [InlineData("redis://secret@10.0.0.1", "10.0.0.1", 6379, false, null, "secret")]
    [InlineData("cache:6380,user=worker,password=a=b,ssl=True,abortConnect=false", "cache", 6380, true, "worker", "a=b")]
    [InlineData("cache", "cache", 6379, false, null, null)]
    [InlineData("[::1]:7000", "::1", 7000, false, null, null)]
    [InlineData("::1", "::1", 6379, false, null, null)]
    [InlineData("one:1,two:2", "one", 1, false, null, null)]
    public void Both_ways_to_write_an_address_are_read(
        string text, string host, int port, bool tls, string? user, string? password) =>
        RedisAddress.Parse(text).ShouldBe(
            new RedisAddress(host, port) { Tls = tls, User = user, Password = password });

    [Theory]
    [InlineData("")]
    [InlineData("redis://")]
    [InlineData("cache:notaport,password=topsecret")]
    [InlineData("cache:70000,password=topsecret")]
    [InlineData("password=topsecret")]
    public void What_is_no_address_is_refused_without_repeating_it(string text) =>
        Should.Throw<FormatException>(() => RedisAddress.Parse(text)).Message.ShouldNotContain("topsecret");

    [Fact]
    public void The_answer_to_info_is_names_and_values() =>
        RedisCheck.Fields("# Server\r\nredis_version:7.0.15\r\n\r\n# Clients\r\nconnected_clients:1\r\nx:a:b\r\n")
            .ShouldBe(new Dictionary<string, string>
            {
                ["redis_version"] = "7.0.15", ["connected_clients"] = "1", ["x"] = "a:b",
            }, ignoreOrder: true);
}
