using System.Diagnostics;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Tocsin.Crashes.Grouping;

namespace Tocsin.Crashes.Tests.Grouping;

public sealed class MessageShapeTests
{
    [Theory]
    [InlineData("Booking 4711 not found", "Booking <num> not found")]
    [InlineData("Booking 7f3c1de2-8a54-4a6b-9a01-0123456789ab failed", "Booking <uuid> failed")]
    [InlineData("connect ECONNREFUSED 10.0.0.7:5432", "connect ECONNREFUSED <ip>")]
    [InlineData("[2001:db8::1]:443 refused", "<ip> refused")]
    [InlineData("GET https://api.example.com/v1/a?id=3 failed", "GET <url> failed")]
    [InlineData("mail to ann.lee@example.com bounced", "mail to <email> bounced")]
    [InlineData("key 'fees:42' missing in \"cache\"", "key <quoted> missing in <quoted>")]
    [InlineData("pointer 0x7ffe12ab and deadbeef01", "pointer <hex> and <hex>")]
    [InlineData("due 2026-03-14T15:09:26.535Z", "due <date>")]
    [InlineData("due 2026-03-14 or 14/3/2026", "due <date> or <date>")]
    [InlineData("took 5.23 seconds, limit 100ms", "took <duration>, limit <duration>")]
    [InlineData("after 00:00:30", "after <duration>")]
    [InlineData("rate -3.5, +7 %", "rate -<num>, +<num> %")]
    [InlineData("first\n\n second \nthird", "first second")]
    [InlineData("", "")]
    public void What_changes_becomes_a_placeholder(string message, string shape) =>
        MessageShape.Of(message).ShouldBe(shape);

    private static readonly string[] s_pieces =
    [
        "a", "Booking ", "42", "'", "\"", "`", "http://", "x@y.zz", "10.0.0.1", ":", "-", ".", "0x", "deadbeef1", " ",
            "\n", "<num>", "<", ">",
        "2026-01-02", "T", "5 ms", "::", "[", "]", "7f3c1de2-8a54-4a6b-9a01-0123456789ab", "µs", "é", ",", "/",
            "aaaaaaaa", "s", "m", "1:02",
    ];

    private static readonly Gen<string> s_texts = Gen.Elements(s_pieces).ListOf().Select(parts => string.Concat(parts));

    [Fact]
    public void The_linear_engine_finds_what_the_usual_one_finds()
    {
        var usual = MessageShape.Patterns.Select(p =>
            new Regex(p.ToString(), p.Options & ~RegexOptions.NonBacktracking)).ToArray();
        Prop.ForAll(Arb.From(s_texts), text =>
        {
            for (int i = 0; i < usual.Length; i++)
                MessageShape.Patterns[i].Replace(text, "<>").ShouldBe(usual[i].Replace(text, "<>"),
                    $"{usual[i]} in {text}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(40));
    }

    [Fact]
    public void The_shape_of_a_shape_is_itself()
    {
        Prop.ForAll(Arb.From(s_texts), text => MessageShape.Of(MessageShape.Of(text)) == MessageShape.Of(text))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(40));
    }

    [Fact]
    public void Any_text_has_a_shape()
    {
        Prop.ForAll<string>(text => MessageShape.Of(text ?? "").Length <= 4096 * 3)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(300));
    }

    [Fact]
    public void Hostile_text_costs_bounded_time()
    {
        string[] hostile =
        [
            new('1', 5_000_000), new('a', 5_000_000), new('\'', 1_000_000),
                string.Concat(Enumerable.Repeat("a@", 1_000_000)),
            string.Concat(Enumerable.Repeat("1.", 1_000_000)), string.Concat(Enumerable.Repeat("http:/", 500_000)),
                new('-', 1_000_000),
            string.Concat(Enumerable.Repeat("0:", 500_000)), new('\n', 3_000_000),
        ];
        MessageShape.Of("warm-up 1");
        long start = Stopwatch.GetTimestamp();
        foreach (string text in hostile)
            MessageShape.Of(text);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }
}
