using Tocsin.Query.Buckets;

namespace Tocsin.Protocols.Elasticsearch.Aggregations;

/// <summary>The answers of a bucket that no record is in.</summary>
internal static class EmptyAnswers
{
    public static IReadOnlyList<BucketAnswer> Of(IReadOnlyList<Aggregation> asked) => [.. asked.Select(Of)];

    private static BucketAnswer Of(Aggregation asked) => asked switch
    {
        ByCondition a => new BucketList(a, [.. a.Conditions.Select(_ => new Bucket(default, 0, Of(a.Inner)))]),
        Bucketing a => new BucketList(a, []),
        NumbersOf a => new NumbersAnswer(a, 0, double.NaN, double.NaN, 0, 0, double.NaN),
        PercentilesOf a => new PercentilesAnswer(a, [.. a.Percents.Select(_ => double.NaN)]),
        _ => new CountAnswer(asked, 0),
    };
}
