using System.Text;
using Tocsin.Testing;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Transport;

public sealed class HttpReplyTests
{
    private const string Chunked = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "4;x=y\r\n\n\u0002\b\u0007\r\n0\r\nTrailer: t\r\n\r\n";

    private const string Refused = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 17\r\nContent-Length: 2\r\n"
        + "Connection: close\r\n\r\nno";

    [Fact]
    public void Chunks_trailers_and_a_partial_success()
    {
        var reply = Read(Chunked);
        reply.ToAnswer().ShouldBe(new HttpAnswer(200, "ok", null, 7));
        reply.Closes.ShouldBeFalse();
    }

    [Fact]
    public void Reason_retry_after_and_the_end_of_the_connection()
    {
        var reply = Read(Refused);
        reply.ToAnswer().ShouldBe(new HttpAnswer(503, "503 Service Unavailable", TimeSpan.FromSeconds(17)));
        reply.Closes.ShouldBeTrue();
    }

    [Fact]
    public void Retry_after_may_be_a_date()
    {
        var now = new DateTimeOffset(2026, 3, 14, 15, 0, 0, TimeSpan.Zero);
        HttpReply.RetryAfter("Sat, 14 Mar 2026 15:01:00 GMT", now).ShouldBe(TimeSpan.FromMinutes(1));
        HttpReply.RetryAfter("Sat, 14 Mar 2026 14:00:00 GMT", now).ShouldBeNull();
        HttpReply.RetryAfter("soon", now).ShouldBeNull();
        HttpReply.RetryAfter(null, now).ShouldBeNull();
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Anything_else_than_http_is_an_io_failure_and_nothing_worse()
    {
        var mutation = new Mutation(FuzzSeed.Of(99));
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = mutation.Of(Encoding.Latin1.GetBytes(i % 2 == 0 ? Chunked : Refused));
            try
            {
                new HttpReply(new MemoryStream(bytes), 1000).Read().ToAnswer().Status.ShouldBeInRange(0, 999);
            }
            catch (IOException)
            {
                // What it is allowed to say.
            }
        }
    }

    private static HttpReply Read(string text) =>
        new HttpReply(new MemoryStream(Encoding.Latin1.GetBytes(text)), 1000).Read();
}
