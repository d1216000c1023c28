using Tocsin.Query.Execution;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Execution;

public sealed class PairNumbersTests
{
    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1, 50, 50)]
    [InlineData(2, 5000, 300)]
    [InlineData(3, 40_000, 4000)]
    public void Equal_pairs_have_one_number_whatever_comes_between(int seed, int firsts, int seconds)
    {
        var random = FuzzSeed.Random(seed);
        var known = new Dictionary<(int, int), int>();
        var pairs = new PairNumbers();
        for (int block = 0; block < 40; block++)
        {
            // Later blocks may have fewer and smaller numbers than those before.
            (int most, int count) = (random.Next(1, firsts), random.Next(1, seconds));
            int[] first = [.. Enumerable.Range(0, 500).Select(_ => random.Next(most))], second = [.. first.Select(_ => random.Next(count))];
            int[] numbers = [.. first];
            pairs.Number(numbers, second, count);
            for (int i = 0; i < numbers.Length; i++)
            {
                known.TryAdd((first[i], second[i]), numbers[i]);
                numbers[i].ShouldBe(known[(first[i], second[i])]);
                pairs[numbers[i]].ShouldBe((first[i], second[i]));
            }
        }
        pairs.Count.ShouldBe(known.Count);
    }
}
