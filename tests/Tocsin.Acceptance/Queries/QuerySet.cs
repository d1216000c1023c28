using Tocsin.Model;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Query.Tests.Naive;
using Tocsin.Storage.Segment;
using Tocsin.Testing;

namespace Tocsin.Acceptance.Queries;

/// <summary>What became of one set of records and the queries over it.</summary>
internal sealed record QuerySetResult(int Cases, IReadOnlyDictionary<(string Group, string Kind), long> Kinds, IReadOnlyList<string> Forms, string? Failure);

/// <summary>One set of records and some hundred queries over it. Everything follows from the seed.</summary>
internal static class QuerySet
{
    private const int Queries = 400;

    /// <summary>Ways in which columns lie; a case counts for those of the records it is about.</summary>
    public static readonly (string Group, IReadOnlyList<string> Kinds) Columns = ("columns",
    [
        .. new[]
        {
            ColumnEncoding.Constant, ColumnEncoding.Codes, ColumnEncoding.Integers, ColumnEncoding.Decimals, ColumnEncoding.Fixed,
            ColumnEncoding.Templates, ColumnEncoding.Heap, ColumnEncoding.FixedCodes,
        }.Select(e => e.ToString().ToLowerInvariant()),
    ]);

    public static QuerySetResult Run(int seed, string scratch, Func<bool> isOver)
    {
        var random = new Random(seed);
        var data = RandomData.Next(random);
        string? folder = random.Next(8) == 0 ? Path.Combine(scratch, $"{seed}") : null;
        var kinds = new Dictionary<(string, string), long>();
        int cases = 0;
        string? failure = null;
        List<string> forms;
        try
        {
            using var store = new NaiveStore(data, folder);
            forms = [.. FormsOf(data, store, folder is not null)];
            string[] encodings = [.. store.Encodings().Select(e => e.ToString().ToLowerInvariant())];
            var plans = new RandomPlans(random);
            for (; cases < Queries && failure is null && !isOver(); cases++)
            {
                (QueryPlan plan, QueryRequest request) = (plans.Next(), NaiveStore.NextRequest(random, data));
                foreach ((string, string) kind in PlanKinds.Of(plan))
                    kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
                foreach (string encoding in encodings)
                    kinds[(Columns.Group, encoding)] = kinds.GetValueOrDefault((Columns.Group, encoding)) + 1;
                if (store.Difference(plan, request) is { } difference)
                    failure = Describe(seed, data, plan, request, difference);
            }
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or InvalidDataException)
        {
            (failure, forms) = ($"seed {seed}: the records could not be stored: {error}", []);
        }
        finally
        {
            if (folder is not null && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        return new QuerySetResult(cases, kinds, forms, failure);
    }

    private static string Describe(int seed, RandomData data, QueryPlan plan, QueryRequest request, string difference)
    {
        string text = $"seed {seed}; again: dotnet run dev.cs acceptance queries --seed {seed} --sets 1\n{plan}\n"
            + $"from {request.From} to {request.To}, at most {request.MaxRows} rows\n{difference}";
        (RandomData less, QueryPlan simpler, string still) = Shrinking.Of(data, plan, request, difference);
        return $"{text}\n\nsmaller:\n{simpler}\nblocks of {less.BlockRows} rows, {(less.IsCached ? "" : "not ")}cached\n"
            + string.Join("\n", less.Steps.Select(s => $"{string.Join("\n", s.Batch.Select(Describe))}\n  {s.After}")) + $"\n{still}";
    }

    private static string Describe(SomeLog log) =>
        $"  {log.Time} severity {log.Severity} {log.Service}@{log.Host} {log.Dataset} trace {Convert.ToHexStringLower(log.TraceId)} span {Convert.ToHexStringLower(log.SpanId)} '{Short(log.Body)}' "
        + string.Join(", ", log.Attributes.Select(a => $"{a.Name}={Short(NaiveValue.Text(NaiveValue.Of(a.Value)))}:{a.Value?.GetType().Name}"));

    private static string? Short(string? text) => text is { Length: > 100 } ? $"{text[..20]}… of {text.Length}" : text;

    private static IEnumerable<string> FormsOf(RandomData data, NaiveStore store, bool onDisk)
    {
        SomeLog[] logs = [.. data.Steps.SelectMany(s => s.Batch)];
        yield return onDisk ? "on disk" : "on a file system in memory";
        yield return data.Dataset == Dataset.Spans ? "spans" : "logs";
        if (logs.Length == 0)
            yield return "no records";
        if (data.Steps[^1] is { After: StoreStep.None, Batch.Length: > 0 })
            yield return "rows in memory";
        if (store.Segments > 0)
            yield return "sealed segments";
        if (data.Steps.Any(s => s.After == StoreStep.Merge))
            yield return "merged segments";
        if (data.Steps.Any(s => s.After == StoreStep.Reopen))
            yield return "opened again";
        if (store.Segments > 0 && logs.Length > 2 * data.BlockRows)
            yield return "segments of several blocks";
        if (!data.IsCached)
            yield return "nothing cached";
        if (logs.Zip(logs.Skip(1)).Any(p => p.Second.Time < p.First.Time))
            yield return "times out of order";
        if (logs.Distinct().Count() < logs.Length)
            yield return "records that came twice";
        if (logs.Any(l => l.Time < Some.Noon.Add(TimeSpan.FromDays(-365))))
            yield return "times long ago";
        if (logs.Any(l => l.Time > Some.Noon.Add(TimeSpan.FromDays(365))))
            yield return "times in the far future";
        if (logs.Any(l => l.Attributes.Any(a => a.Value is "")))
            yield return "empty values";
        if (logs.Any(l => l.Attributes.Any(a => a.Value is string { Length: > 10_000 } or long.MaxValue or long.MinValue)))
            yield return "huge values";
    }
}
