using System.Text;
using Tocsin.Testing;
using TocsinSdk.Logging;
using TocsinSdk.Redaction;
using TocsinSdk.Telemetry;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Telemetry;

public sealed class SpanEventRedactionTests
{
    private readonly Redactor _redactor = new(new RedactionOptions());

    [Fact]
    public void Secrets_in_events_do_not_leave()
    {
        var request = Request("exception.message", "Password=hunter2-Long;Host=db");
        var clean = Encoding.UTF8.GetString(SpanEventRedaction.Of(request, _redactor));
        clean.ShouldNotContain("hunter2");
        clean.ShouldContain("Host=db");
        clean.ShouldContain("a name");
        clean.ShouldContain("after the event");
    }

    [Fact]
    public void A_request_without_secrets_is_left_alone()
    {
        var request = Request("exception.message", "the ledger does not add up");
        SpanEventRedaction.Of(request, _redactor).ToArray().ShouldBe(request);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void No_bytes_whatever_make_it_fail()
    {
        var mutation = new Mutation(FuzzSeed.Of(31));
        var whole = Request("password", "hunter2-Long");
        for (var i = 0; i < 20_000; i++)
            SpanEventRedaction.Of(mutation.Of(whole), _redactor);
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
