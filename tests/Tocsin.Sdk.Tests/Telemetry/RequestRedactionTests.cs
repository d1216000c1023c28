using System.Text;
using Tocsin.Testing;
using TocsinSdk.Logging;
using TocsinSdk.Metrics;
using TocsinSdk.Redaction;
using TocsinSdk.Telemetry;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Telemetry;

public sealed class RequestRedactionTests
{
    private readonly Redactor _redactor = new(new RedactionOptions());

    [Fact]
    public void Secrets_in_events_do_not_leave()
    {
        var request = Request("exception.message", "Password=hunter2-Long;Host=db");
        var clean = Encoding.UTF8.GetString(RequestRedaction.OfTraces(request, _redactor));
        clean.ShouldNotContain("hunter2");
        clean.ShouldContain("Host=db");
        clean.ShouldContain("a name");
        clean.ShouldContain("after the event");
    }

    [Fact]
    public void A_request_without_secrets_is_left_alone()
    {
        var request = Request("exception.message", "the ledger does not add up");
        RequestRedaction.OfTraces(request, _redactor).ToArray().ShouldBe(request);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void No_bytes_whatever_make_it_fail()
    {
        var mutation = new Mutation(FuzzSeed.Of(31));
        var (whole, points) = (Request("password", "hunter2-Long"), Points(5, 7, 5));
        for (var i = 0; i < 20_000; i++)
        {
            RequestRedaction.OfTraces(mutation.Of(whole), _redactor);
            RequestRedaction.OfMetrics(mutation.Of(points));
        }
    }

    [Theory]
    [InlineData(5, 7, 5)]
    [InlineData(7, 7, 5)]
    [InlineData(9, 9, 8)]
    [InlineData(10, 1, 11)]
    [InlineData(11, 7, 0)]
    public void A_connection_string_that_names_a_pool_does_not_leave_with_measures_of_any_kind(
        int kind, int attributes, int exemplars)
    {
        var clean = Encoding.UTF8.GetString(RequestRedaction.OfMetrics(Points(kind, attributes, exemplars)));
        clean.ShouldNotContain("Host=");
        clean.ShouldNotContain("bob");
        clean.ShouldContain(PoolName.Short(Pool));
        clean.ShouldContain("used");
    }

    [Fact]
    public void Measures_of_pools_that_have_a_name_are_left_alone()
    {
        var request = Points(5, 7, 5, "main");
        RequestRedaction.OfMetrics(request).ToArray().ShouldBe(request);
    }

    private const string Pool = "Host=db.internal;Username=bob;Database=shop";

    private static byte[] Points(int kind, int attributes, int exemplars, string pool = Pool)
    {
        var to = new Utf8Text(256);
        var at = new Stack<int>();
        foreach (var field in (int[])[1, 2, 2])
            at.Push(to.Begin(field, 3));
        to.Field(1, "db.client.connection.count"u8);
        at.Push(to.Begin(kind, 3));
        at.Push(to.Begin(1, 3));
        OtlpLog.Attribute(to, "db.client.connection.pool.name", pool, attributes);
        OtlpLog.Attribute(to, "db.client.connection.state", "used", attributes);
        if (exemplars > 0)
        {
            at.Push(to.Begin(exemplars, 3));
            OtlpLog.Attribute(to, "pool.name", pool, 7);
            to.Patch(at.Pop(), 3);
        }
        while (at.Count > 0)
            to.Patch(at.Pop(), 3);
        return to.Written.ToArray();
    }

    private static byte[] Request(string key, string text)
    {
        var to = new Utf8Text(256);
        var at = new Stack<int>();
        foreach (var field in (int[])[1, 2, 2])
            at.Push(to.Begin(field, 3));
        to.Field(5, "a name"u8);
        at.Push(to.Begin(11, 3));
        to.Field(2, "exception"u8);
        OtlpLog.Attribute(to, key, text, 3);
        to.Patch(at.Pop(), 3);
        to.Field(13, "after the event"u8);
        while (at.Count > 0)
            to.Patch(at.Pop(), 3);
        return to.Written.ToArray();
    }
}
