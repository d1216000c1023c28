using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Query.Tests.Naive;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Execution;

/// <summary>
/// Every filter and pipe gives what a second, plain implementation gives. <c>dev acceptance queries</c> tries as many more as there is
/// time for.
/// </summary>
public sealed class NaiveAgreementTests
{
    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_plans_on_random_records_give_the_same_answer(int seed)
    {
        var random = FuzzSeed.Random(seed);
        var plans = new RandomPlans(random);
        for (int i = FuzzSeed.Cases(15); i > 0; i--)
        {
            var data = RandomData.Next(random);
            using var store = new NaiveStore(data);
            for (int left = 60; left > 0; left--)
            {
                (QueryPlan plan, QueryRequest request) = (plans.Next(), NaiveStore.NextRequest(random, data));
                store.Difference(plan, request).ShouldBeNull($"{plan}\nfrom {request.From} to {request.To}, at most {request.MaxRows} rows");
            }
        }
    }

    [Fact]
    public void Random_plans_have_every_part_of_the_language()
    {
        var random = new Random(1);
        var plans = new RandomPlans(random);
        HashSet<(string Group, string Kind)> tried = [.. Enumerable.Range(0, 20_000).SelectMany(_ => PlanKinds.Of(plans.Next()))];
        PlanKinds.All.SelectMany(g => g.Kinds.Select(k => (g.Group, Kind: k))).Except(tried).ShouldBeEmpty();
    }
}
