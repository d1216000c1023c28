using Tocsin.Model.Crashes;

namespace Tocsin.Diagnosis.Tests;

public sealed class BuiltInRulesTests
{
    public static IEnumerable<TheoryDataRow<string, int>> Examples() =>
        RuleBook.BuiltIn.Rules.SelectMany(r => r.Examples.Select((_, i) => new TheoryDataRow<string, int>(r.Id, i)));

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_found_by_its_own_rule_first(string rule, int example)
    {
        CrashRecord record = RuleBook.BuiltIn.Rules.Single(r => r.Id == rule).Examples[example];
        Model.Alerts.Diagnosis? finding = RuleBook.BuiltIn.Diagnose(Evidence.Of(record));
        finding.ShouldNotBeNull();
        finding.Rule.ShouldBe(rule, finding.Because);
        finding.Because.ShouldNotBeEmpty();
        finding.LikelyCause.ShouldNotBeEmpty();
        finding.NextSteps.ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void No_two_rules_tie_on_an_example(string rule, int example)
    {
        Evidence evidence = Evidence.Of(RuleBook.BuiltIn.Rules.Single(r => r.Id == rule).Examples[example]);
        List<RuleMatch> matches = [.. RuleBook.BuiltIn.Rules.Select(r =>
            RuleMatch.Try(r, evidence)).OfType<RuleMatch>()];
        matches.Single(m => m.Rule.Id == rule).Points.ShouldBe(matches.Max(m => m.Points));
    }

    [Fact]
    public void Every_class_of_death_has_a_finding_with_or_without_an_exception()
    {
        foreach (CrashClass c in Enum.GetValues<CrashClass>())
        {
            var bare = new CrashRecord { CrashId = "x", Class = c, Time = default, Service = "bookings" };
            if (c is not (CrashClass.Unhandled or CrashClass.Unobserved or CrashClass.Captured))
                RuleBook.BuiltIn.Diagnose(Evidence.Of(bare)).ShouldNotBeNull(c.ToString());
            CrashRecord thrown = bare with { Exception = new CrashException { Type = "Acme.SomethingOddException" } };
            RuleBook.BuiltIn.Diagnose(Evidence.Of(thrown)).ShouldNotBeNull(c.ToString());
        }
    }

    [Fact]
    public void Families_cover_every_kind_of_trouble()
    {
        RuleBook.BuiltIn.Rules.Select(r => r.Family).Distinct().Order().ShouldBe(
        [
            "authentication", "code", "database", "memory", "network", "process", "rate_limit", "resource_exhaustion",
            "timeout", "validation",
        ]);
    }

    [Theory]
    [InlineData("connection timeout", "timeout", "HIGH")]
    [InlineData("read timeout", "timeout", "HIGH")]
    [InlineData("rate limit reached", "rate_limit", "HIGH")]
    [InlineData("quota exceeded", "rate_limit", "HIGH")]
    [InlineData("too many requests", "rate_limit", "HIGH")]
    [InlineData("unauthorized", "authentication", "CRITICAL")]
    [InlineData("invalid token", "authentication", "CRITICAL")]
    [InlineData("authentication failed", "authentication", "CRITICAL")]
    [InlineData("validation error", "validation", "MEDIUM")]
    [InlineData("invalid data", "validation", "MEDIUM")]
    [InlineData("schema error", "validation", "MEDIUM")]
    [InlineData("out of memory", "memory", "CRITICAL")]
    [InlineData("disk full", "resource_exhaustion", "CRITICAL")]
    [InlineData("connection pool exhausted", "resource_exhaustion", "CRITICAL")]
    public void Plain_words_decide_when_the_type_says_nothing(string message, string family, string severity)
    {
        Model.Alerts.Diagnosis finding = Diagnose("Acme.GatewayException", message);
        finding.Family.ShouldBe(family);
        finding.Severity.ToString().ToUpperInvariant().ShouldBe(severity);
    }

    [Fact]
    public void Advice_carries_the_evidence()
    {
        var record = new CrashRecord
        {
            CrashId = "x",
            Class = CrashClass.OomKilled,
            Time = default,
            Service = "bookings",
            Host = "web-01",
            Process = new CrashProcess { Pid = 4711 },
            Resources = new CrashResources { MemoryUsageBytes = 520L << 20, MemoryLimitBytes = 512L << 20,
                GcHeapBytes = 100L << 20 },
        };
        Model.Alerts.Diagnosis finding = RuleBook.BuiltIn.Diagnose(Evidence.Of(record))!;
        finding.LikelyCause.ShouldContain("520 MiB of 512 MiB");
        string.Join("\n", finding.NextSteps).ShouldContain("on web-01");
        string.Join("\n", finding.NextSteps).ShouldContain("The managed heap was 100 MiB of 520 MiB");
        finding.Because.ShouldBe("the process ended as oom_killed");
    }

    [Fact]
    public void A_step_without_its_value_is_left_out()
    {
        Model.Alerts.Diagnosis finding = Diagnose("Grpc.Core.RpcException", "DeadlineExceeded");
        finding.NextSteps.ShouldAllBe(s => !s.Contains("Open trace"));
        finding.NextSteps.ShouldNotBeEmpty();
    }

    [Fact]
    public void Names_in_the_message_reach_the_advice()
    {
        Model.Alerts.Diagnosis finding = Diagnose("Error", "connect ECONNREFUSED 10.0.0.7:5432");
        finding.LikelyCause.ShouldContain("10.0.0.7:5432");
        finding.Because.ShouldContain("ECONNREFUSED");
    }

    [Fact]
    public void The_cause_wins_over_what_wraps_it()
    {
        var record = new CrashRecord
        {
            CrashId = "x",
            Class = CrashClass.Unhandled,
            Time = default,
            Service = "bookings",
            Exception = new CrashException
            {
                Type = "System.InvalidOperationException",
                Message = "Could not load fees",
                Inner = [new CrashException { Type = "System.NullReferenceException",
                    Message = "Object reference not set" }],
            },
        };
        Model.Alerts.Diagnosis finding = RuleBook.BuiltIn.Diagnose(Evidence.Of(record, "Bookings.Fees.Compute"))!;
        finding.Rule.ShouldBe("code.null_reference");
        finding.Because.ShouldStartWith("inner exception System.NullReferenceException");
        finding.LikelyCause.ShouldContain("Bookings.Fees.Compute");
    }

    private static Model.Alerts.Diagnosis Diagnose(string type, string message) =>
        RuleBook.BuiltIn.Diagnose(Evidence.Of(new CrashRecord
        {
            CrashId = "x",
            Class = CrashClass.Unhandled,
            Time = default,
            Service = "bookings",
            Exception = new CrashException { Type = type, Message = message },
        }))!;
}
