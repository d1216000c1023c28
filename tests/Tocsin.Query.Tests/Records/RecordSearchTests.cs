using Tocsin.Model;
using Tocsin.Query.Buckets;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Records;

public sealed class RecordSearchTests
{
    private static readonly Instant s_endless = new(long.MaxValue);

    [Fact]
    public void Times_of_a_conjunction_bound_the_scan_and_others_are_asked_row_by_row()
    {
        var error = new Holds(new SeverityRange(17, 20));
        var late = new During(Some.Noon, s_endless);
        ConditionScan scan = ConditionScan.Of(new AllOf([error, new AllOf([late, new During(new Instant(0), Some.Noon.Add(TimeSpan.FromHours(1)))])]));
        (scan.From, scan.To, scan.Rest).ShouldBe((Some.Noon, Some.Noon.Add(TimeSpan.FromHours(1)), null));
        scan.Where.ShouldBe(error.Predicate);
        var either = new AnyOf([error, late]);
        ConditionScan.Of(new AllOf([error, either])).Rest.ShouldBe(either);
        ConditionScan.Of(new AllOf([new During(new Instant(0), new Instant(5)), new During(new Instant(5), s_endless)])).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Counts_agree_with_and_without_the_headers_of_blocks()
    {
        using var desk = new QueryDesk([.. Enumerable.Range(0, 300).Select(i => Some.Log($"row {i}", i) with { Severity = (byte)(i % 24 + 1) })]);
        desk.Database.Seal(CancellationToken.None);
        var search = new RecordSearch(desk.Database);
        var from = new During(Some.Noon.Add(TimeSpan.FromSeconds(100)), s_endless);
        search.Count(Condition.All, default).ShouldBe((300, false));
        search.Count(from, default).ShouldBe((200, false));
        search.Count(new AnyOf([from]), default).ShouldBe((200, false));
        search.Count(new Opposite(from), default).ShouldBe((100, false));
        search.Count(Condition.None, default).ShouldBe((0, false));
    }

    [Fact]
    public void Too_many_buckets_are_refused_in_words()
    {
        using var desk = new QueryDesk([.. Enumerable.Range(0, 70_000).Select(i => Some.Log($"row {i}", i / 100.0))]);
        var search = new RecordSearch(desk.Database);
        (IReadOnlyList<BucketAnswer>? answers, string? refused, bool partial) =
            search.Group(Condition.All, [new ByValue("x", RecordField.Named("message"), Cell.Missing, [])], default);
        answers.ShouldBeNull();
        partial.ShouldBeTrue();
        refused.ShouldBe("more than 65536 buckets: ask for longer steps, fewer values or a shorter time");
    }
}
