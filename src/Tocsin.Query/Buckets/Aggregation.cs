using Tocsin.Query.Cells;
using Tocsin.Query.Records;

namespace Tocsin.Query.Buckets;

/// <summary>One named question to the records of a bucket; buckets may ask again of their own records.</summary>
public abstract record Aggregation(string Name);

/// <summary>Puts records into buckets.</summary>
public abstract record Bucketing(string Name, IReadOnlyList<Aggregation> Inner) : Aggregation(Name);

/// <summary>A bucket per step of time.</summary>
public sealed record ByTime(string Name, RecordField Field, TimeStep Step, IReadOnlyList<Aggregation> Inner) : Bucketing(Name, Inner);

/// <summary>A bucket per step of a number.</summary>
public sealed record ByNumber(string Name, RecordField Field, double Step, double Offset, IReadOnlyList<Aggregation> Inner)
    : Bucketing(Name, Inner);

/// <summary>A bucket per value; values that show the same text are one.</summary>
/// <param name="Missing">The value of records without the field; a missing one leaves them out.</param>
public sealed record ByValue(string Name, RecordField Field, Cell Missing, IReadOnlyList<Aggregation> Inner) : Bucketing(Name, Inner);

/// <summary>A bucket per condition, also without any record; a record may be in several.</summary>
public sealed record ByCondition(string Name, IReadOnlyList<Condition> Conditions, IReadOnlyList<Aggregation> Inner)
    : Bucketing(Name, Inner);

/// <summary>Count, least, greatest, sum and spread of the numbers of a field; of a time, in milliseconds.</summary>
public sealed record NumbersOf(string Name, RecordField Field) : Aggregation(Name);

/// <summary>How many values a field has.</summary>
public sealed record ValuesOf(string Name, RecordField Field) : Aggregation(Name);

/// <summary>How many different values a field has.</summary>
public sealed record DistinctOf(string Name, RecordField Field) : Aggregation(Name);

/// <summary>Numbers that so many percent of the numbers of a field do not exceed.</summary>
public sealed record PercentilesOf(string Name, RecordField Field, IReadOnlyList<double> Percents) : Aggregation(Name);

/// <summary>What an <see cref="Aggregation"/> found.</summary>
public abstract record BucketAnswer(Aggregation Asked);

/// <param name="Buckets">By time and number in their order; by value in no order; by condition in that of the question.</param>
public sealed record BucketList(Aggregation Asked, IReadOnlyList<Bucket> Buckets) : BucketAnswer(Asked);

/// <param name="Key">Missing for a condition.</param>
public sealed record Bucket(Cell Key, long Count, IReadOnlyList<BucketAnswer> Inner);

/// <param name="Count">Of the numbers.</param>
/// <param name="Least">NaN without numbers, as is <paramref name="Greatest"/>.</param>
/// <param name="SumOfSquares">Of the numbers themselves.</param>
/// <param name="Variance">Of the whole population.</param>
public sealed record NumbersAnswer(
    Aggregation Asked, long Count, double Least, double Greatest, double Sum, double SumOfSquares, double Variance) : BucketAnswer(Asked);

public sealed record CountAnswer(Aggregation Asked, long Count) : BucketAnswer(Asked);

/// <param name="Values">One for each percent asked for; NaN without numbers.</param>
public sealed record PercentilesAnswer(Aggregation Asked, IReadOnlyList<double> Values) : BucketAnswer(Asked);
