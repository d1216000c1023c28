using Tocsin.Model;
using Tocsin.Query.Answers;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Query.Tests.Naive;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Execution;

/// <summary>Every filter and pipe gives what a second, plain implementation gives.</summary>
public sealed class NaiveAgreementTests
{
    private static readonly string[] s_objects = [Shape.Attributes, Shape.Resource];

    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_plans_on_random_records_give_the_same_answer(int seed)
    {
        var random = FuzzSeed.Random(seed);
        for (int i = FuzzSeed.Cases(15); i > 0; i--)
            OneStore(random, plans: 60);
    }

    private static void OneStore(Random random, int plans)
    {
        var generator = new RandomPlans(random);
        using var desk = new QueryDesk();
        List<NaiveRow> records = [];
        for (int batches = random.Next(1, 5); batches > 0; batches--)
        {
            SomeLog[] logs = generator.Records(30);
            if (logs.Length == 0)
                continue;
            desk.Append(logs);
            // A batch holds its rows by stream.
            int before = records.Count;
            records.AddRange(logs.GroupBy(l => (l.Service, l.Host)).SelectMany(g => g).Select((l, at) => new NaiveRow(l, before + at)));
            if (random.Next(2) == 0)
                desk.Database.Seal(CancellationToken.None);
        }
        for (int i = 0; i < plans; i++)
        {
            desk.Request = random.Next(3) switch
            {
                0 => new QueryRequest(),
                1 => desk.Request with { From = Some.Noon.Add(TimeSpan.FromMinutes(10)), To = Some.Noon.Add(TimeSpan.FromMinutes(45)) },
                _ => new QueryRequest { From = Some.Noon, To = Some.Noon.Add(TimeSpan.FromHours(1)) },
            };
            Check(desk, generator.Next(), records);
        }
    }

    private static void Check(QueryDesk desk, QueryPlan plan, List<NaiveRow> records)
    {
        TableSink found = desk.Run(plan);
        desk.Report.Refused.ShouldBeNull();
        List<NaiveRow> expected = new NaiveQuery(desk.Request.From, desk.Request.To).Run(plan, records);
        string[] columns = [.. found.Names.Except(s_objects)];
        string[] got = [.. found.Rows.Select(r => string.Join(" | ", columns.Select((_, i) => NaiveValue.Show(NaiveExpression.Value(r[found.Names.ToList().IndexOf(columns[i])])))))];
        string[] want = [.. expected.Select(r => string.Join(" | ", columns.Select(c => NaiveValue.Show(r.Get(c)))))];
        if (!got.SequenceEqual(want))
        {
            int at = got.Zip(want).TakeWhile(p => p.First == p.Second).Count();
            throw new Xunit.Sdk.XunitException(
                $"{plan}\nfrom {desk.Request.From} to {desk.Request.To}\ncolumns {string.Join(", ", columns)}\n{got.Length} rows, expected {want.Length}; row {at}:\n"
                + $"got      {got.ElementAtOrDefault(at)}\nexpected {want.ElementAtOrDefault(at)}");
        }
    }
}
