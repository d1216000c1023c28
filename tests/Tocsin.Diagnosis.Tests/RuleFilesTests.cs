using System.Diagnostics;
using System.Text;
using Tocsin.Model.Crashes;
using Tocsin.Testing;

namespace Tocsin.Diagnosis.Tests;

public sealed class RuleFilesTests
{
    private const string Good = """
        { "family": "code", "rules": [ {
          "id": "code.odd", "category": "APPLICATION", "severity": "HIGH",
          "when": { "types": ["OddException"], "messageRegex": "fee (?<fee>[0-9]+)" },
          "cause": "{type} for {fee|some fee}.", "steps": ["Look at {frame|the code}."],
          "examples": [ { "type": "Acme.OddException", "message": "fee 7" } ] } ] }
        """;

    [Fact]
    public void A_good_file_loads()
    {
        RuleBook.Load([("code.json", Good)], out IReadOnlyList<string> errors).ShouldNotBeNull().Count.ShouldBe(1);
        errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"code.odd\"", "\"timeout.odd\"", "code.json: timeout.odd: \"id\": expected \"code.<name>\"")]
    [InlineData("APPLICATION", "Application", "\"category\": expected one of SYSTEM, DATABASE")]
    [InlineData("HIGH", "SEVERE", "\"severity\": expected one of LOW, MEDIUM, HIGH, CRITICAL; found \"SEVERE\"")]
    [InlineData("(?<fee>[0-9]+)", "(", "\"messageRegex\": ")]
    [InlineData("(?<fee>[0-9]+)", "(?<fee>[0-9]+", "\"messageRegex\": ")]
    [InlineData("{fee|some fee}", "{fee}", "\"cause\": {fee} may be missing; write {fee|words to use instead}")]
    [InlineData("{frame|the code}", "{place|the code}", "\"steps\": {place} is not known")]
    [InlineData("{frame|the code}", "{frame", "\"steps\": '{' at position 8 is never closed")]
    [InlineData("\"types\"", "\"type\"", "\"type\" is not known; expected one of types, message")]
    [InlineData("\"steps\": [\"Look at {frame|the code}.\"]", "\"steps\": []",
        "\"steps\": expected at least one sentence")]
    [InlineData("\"family\": \"code\"", "\"family\": \"cod\"", "\"family\": expected one of timeout")]
    [InlineData("\"message\": \"fee 7\"", "\"massage\": \"fee 7\"", "\"examples\"[0]: ")]
    [InlineData("{ \"family\"", "[ \"family\"", "code.json: not JSON: ")]
    public void A_mistake_is_named(string find, string replace, string expected)
    {
        RuleBook.Load([("code.json", Good.Replace(find, replace))], out IReadOnlyList<string> errors).ShouldBeNull();
        string.Join("\n", errors).ShouldContain(expected);
    }

    [Fact]
    public void An_id_may_be_used_once()
    {
        RuleBook.Load([("a.json", Good), ("b.json", Good)], out IReadOnlyList<string> errors).ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldBe("b.json: code.odd: the id is used twice");
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Mutated_files_give_errors_and_never_exceptions()
    {
        var random = FuzzSeed.Random(11);
        byte[] good = Encoding.UTF8.GetBytes(Good);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bad = [.. good];
            for (int n = random.Next(1, 6); n > 0; n--)
                bad[random.Next(bad.Length)] = (byte)random.Next(32, 127);
            string text = Encoding.UTF8.GetString(bad, 0, random.Next(bad.Length / 2, bad.Length + 1));
            RuleBook? book = RuleBook.Load([("code.json", text)], out IReadOnlyList<string> errors);
            (book is null).ShouldBe(errors.Count > 0);
        }
    }

    [Fact]
    public void A_hostile_message_costs_bounded_time()
    {
        string[] hostile =
        [
            new('a', 5_000_000), string.Concat(Enumerable.Repeat("connect ECONNREFUSED ", 200_000)),
            string.Concat(Enumerable.Repeat("access '", 300_000)), new('(', 1_000_000),
                string.Concat(Enumerable.Repeat("1.", 500_000)),
        ];
        RuleBook.BuiltIn.Diagnose(Evidence.Of(Thrown("warm-up")));
        long start = Stopwatch.GetTimestamp();
        foreach (string message in hostile)
            RuleBook.BuiltIn.Diagnose(Evidence.Of(Thrown(message)));
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    private static CrashRecord Thrown(string message) => new()
    {
        CrashId = "x",
        Class = CrashClass.Unhandled,
        Time = default,
        Service = "s",
        StderrTail = message,
        Exception = new CrashException { Type = "Acme.E", Message = message },
    };
}
