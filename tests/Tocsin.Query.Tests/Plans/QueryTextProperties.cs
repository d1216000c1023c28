using FsCheck;
using FsCheck.Fluent;
using Tocsin.Query.Plans;
using Tocsin.Query.Tests.Naive;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Plans;

public sealed class QueryTextProperties
{
    [Fact]
    [Trait("Kind", "Fuzz")]
    public void A_printed_plan_reads_back_as_the_same_plan() =>
        Prop.ForAll<int, NonNull<string>>((seed, free) =>
        {
            var random = new Random(seed ^ FuzzSeed.Of(0));
            string Text() => random.Next(3) == 0 ? free.Get : new string([.. free.Get.OrderBy(_ => random.Next())]);
            QueryPlan plan = new RandomPlans(random, Text).Next(6);
            string printed = plan.ToString();
            QueryTextResult parsed = QueryText.Parse(printed);
            return (parsed.Plan == plan && parsed.Plan.ToString() == printed)
                .Label($"{printed}\n{parsed.Error?.Message}\n{parsed.Plan}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(FuzzSeed.Cases(3000)).WithEndSize(60));

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_text_gives_a_plan_or_an_error_inside_the_text()
    {
        string[] pieces =
        [
            "*", "level:error", "status", "|", "| where ", "| stats ", "count()", "p95(ms)", " by ", "| sort -", "| limit 2", "| fields ", "| extend x = ",
            "| parse ", "json", "regexp /(?<a>.)/", "pattern \"<a> <b>\"", " from ", "| timechart 5m ", "| top 3 ", "| facets", "| patterns", "| dedup ",
            "| context 2", "(", ")", ",", "=", "==", "<", "+", "-", "*", "/", "%", "\"", "'", "`", "\\", "/x/", "if(", "lower(", "5ms", "1e5", "not ", " and ",
            " or ", ":", "a", "é", "\u0000", "\uD800", " ", " as y", "percentile(ms, 101)", "99999999999999999999", "`a b`", "null", "in (1, 2)",
        ];
        Random random = FuzzSeed.Random(20261121);
        for (int i = FuzzSeed.Cases(60_000); i > 0; i--)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => pieces[random.Next(pieces.Length)]));
            QueryTextResult result = QueryText.Parse(text);
            if (result.Error is { } error)
                error.Position.ShouldBeInRange(0, text.Length, text);
            else
                QueryText.Parse(result.Plan!.ToString()).Plan.ShouldBe(result.Plan, text);
        }
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Damaged_queries_are_read_or_refused()
    {
        Random random = FuzzSeed.Random(7);
        var plans = new RandomPlans(random);
        var mutation = new Mutation(FuzzSeed.Of(8));
        for (int i = FuzzSeed.Cases(5000); i > 0; i--)
        {
            string text = System.Text.Encoding.Latin1.GetString(mutation.Of(System.Text.Encoding.Latin1.GetBytes(plans.Next().ToString())));
            QueryTextResult result = QueryText.Parse(text);
            if (result.Error is { } error)
                error.Position.ShouldBeInRange(0, text.Length, text);
            else
                QueryText.Parse(result.Plan!.ToString()).Plan.ShouldBe(result.Plan, text);
        }
    }
}
