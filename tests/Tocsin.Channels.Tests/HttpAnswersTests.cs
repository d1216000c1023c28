using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tocsin.Testing;

namespace Tocsin.Channels.Tests;

/// <summary>What every HTTP channel makes of what a real server does.</summary>
public sealed class HttpAnswersTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, "sent")]
    [InlineData(201, "sent")]
    [InlineData(202, "sent")]
    [InlineData(204, "sent")]
    [InlineData(301, "rejected")]
    [InlineData(302, "rejected")]
    [InlineData(307, "rejected")]
    [InlineData(308, "rejected")]
    [InlineData(400, "rejected")]
    [InlineData(401, "rejected")]
    [InlineData(404, "rejected")]
    [InlineData(408, "perhaps")]
    [InlineData(410, "rejected")]
    [InlineData(413, "rejected")]
    [InlineData(429, "retry")]
    [InlineData(500, "perhaps")]
    [InlineData(502, "perhaps")]
    [InlineData(503, "retry")]
    [InlineData(504, "perhaps")]
    public async Task The_status_decides(int status, string outcome)
    {
        await using Receiver receiver = await Receiver.Start(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = $"http://127.0.0.1:{http.Connection.LocalPort}/elsewhere";
            if (status != 204)
                await http.Response.WriteAsync("words of the server");
        });
        (SendResult result, _) = await Send(receiver.Url);
        Name(result).ShouldBe(outcome);
        Words(result).ShouldContain($"HTTP {status}");
        receiver.Requests.Count.ShouldBe(1);
        receiver.Requests.First().Path.ShouldBe("/services/T000/B000/secret-token");
    }

    [Theory]
    [InlineData(429, "30", 30.0)]
    [InlineData(503, "1.5", 1.5)]
    [InlineData(500, "7", 7.0)]
    [InlineData(429, "Fri, 02 Jan 2026 03:05:35 GMT", 90.0)]
    [InlineData(429, "Fri, 02 Jan 2026 03:00:00 GMT", 0.0)]
    [InlineData(429, "999999999", 3600.0)]
    [InlineData(429, "1e400", null)]
    [InlineData(429, "soon", null)]
    [InlineData(429, "-5", null)]
    [InlineData(429, null, null)]
    public async Task Retry_After_is_understood_as_seconds_and_as_a_date_and_bounded(int status, string? header, double? seconds)
    {
        await using Receiver receiver = await Receiver.Start(http =>
        {
            http.Response.StatusCode = status;
            if (header is not null)
                http.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        });
        (SendResult result, _) = await Send(receiver.Url, clock: new FakeClock(Some.Time));
        result.ShouldBeOfType<SendResult.RetryLater>().After.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [Fact]
    public async Task Nobody_listening_is_tried_again_and_surely_did_not_arrive()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        (SendResult result, _) = await Send($"http://127.0.0.1:{port}/token");
        Name(result).ShouldBe("retry");
        Words(result).ShouldContain("ConnectionRefused");
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_tried_again()
    {
        (SendResult result, _) = await Send("http://nothing.invalid/token");
        Name(result).ShouldBe("retry");
    }

    [Fact]
    public async Task No_answer_ends_with_the_timeout_and_may_have_arrived()
    {
        await using Receiver receiver = await Receiver.Start(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        (SendResult result, TimeSpan elapsed) = await Send(receiver.Url, TimeSpan.FromMilliseconds(300));
        Name(result).ShouldBe("perhaps");
        elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_connection_cut_after_the_request_may_have_arrived()
    {
        await using Receiver receiver = await Receiver.Start(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        (SendResult result, _) = await Send(receiver.Url);
        Name(result).ShouldBe("perhaps");
    }

    [Fact]
    public async Task A_server_that_speaks_no_HTTP_may_have_taken_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task server = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(Cancel);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("220 mail.example.com ESMTP\r\n"), Cancel);
        }, Cancel);
        (SendResult result, _) = await Send($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/token");
        result.ShouldBeOfType<SendResult.RetryLater>();
        await server;
    }

    [Theory]
    [InlineData(200, "sent")]
    [InlineData(400, "rejected")]
    public async Task An_endless_body_is_cut(int status, string outcome)
    {
        await using Receiver receiver = await Receiver.Start(async http =>
        {
            http.Response.StatusCode = status;
            byte[] block = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
            for (int i = 0; i < 4000; i++)
                await http.Response.Body.WriteAsync(block, http.RequestAborted);
        });
        (SendResult result, TimeSpan elapsed) = await Send(receiver.Url);
        Name(result).ShouldBe(outcome);
        Words(result).Length.ShouldBeLessThan(400);
        elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(14));
    }

    [Fact]
    public async Task A_body_that_never_ends_does_not_change_what_the_status_said()
    {
        await using Receiver receiver = await Receiver.Start(async http =>
        {
            await http.Response.WriteAsync("ok", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        (SendResult result, _) = await Send(receiver.Url, TimeSpan.FromMilliseconds(500));
        Name(result).ShouldBe("sent");
    }

    [Theory]
    [InlineData("webhook")]
    [InlineData("slack")]
    public async Task A_server_that_quotes_the_secret_path_does_not_get_it_into_the_records(string kind)
    {
        await using Receiver receiver = await Receiver.Start(http =>
        {
            http.Response.StatusCode = 404;
            return http.Response.WriteAsync($"Cannot POST {http.Request.Path}{http.Request.QueryString}\u001b[31m\r\nsecond line");
        });
        (SendResult result, _) = await Send(receiver.Url, kind: kind);
        Words(result).ShouldBe("HTTP 404: Cannot POST ••• [31m second line");
    }

    [Fact]
    public async Task Cancelling_is_not_an_outcome()
    {
        await using Receiver receiver = await Receiver.Start(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        using ChannelContext context = Receiver.Context();
        using Channel channel = Receiver.Webhook(context, receiver.Url);
        using var stop = new CancellationTokenSource(200);
        await Should.ThrowAsync<OperationCanceledException>(() => channel.Send(Some.News(Some.Slow()), stop.Token));
    }

    [Fact]
    public async Task The_request_carries_signature_token_and_JSON()
    {
        await using Receiver receiver = await Receiver.Start(_ => Task.CompletedTask);
        using ChannelContext context = Receiver.Context(clock: new FakeClock(Some.Time));
        using Channel channel = Receiver.Webhook(context, receiver.Url,
            ("secrets", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("bearer_token", "t0ken"));
        await channel.Send(Some.News(Some.Saying(Some.Hostile)), Cancel);
        await channel.Send(Some.News(Some.Saying(Some.Hostile)), Cancel);
        (_, string body, Dictionary<string, string> headers) = receiver.Requests.First();
        headers["Authorization"].ShouldBe("Bearer t0ken");
        headers["Content-Type"].ShouldBe("application/json; charset=utf-8");
        headers["webhook-id"].ShouldBe("ntf_0001");
        byte[] key = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        byte[] signed = Encoding.UTF8.GetBytes($"ntf_0001.{headers["webhook-timestamp"]}.{body}");
        headers["webhook-signature"].ShouldBe("v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, signed)));
        receiver.Requests.ShouldAllBe(r => r.Headers["webhook-id"] == "ntf_0001");
    }

    [Theory]
    [InlineData(200, "ok", "sent")]
    [InlineData(200, "{\"ok\":true}", "sent")]
    [InlineData(200, "{\"ok\":false,\"error\":\"channel_not_found\"}", "rejected")]
    [InlineData(200, "{\"ok\":false,\"error\":\"ratelimited\"}", "retry")]
    [InlineData(200, "<html>sign in</html>", "rejected")]
    [InlineData(200, "", "perhaps")]
    [InlineData(400, "invalid_payload", "rejected")]
    [InlineData(404, "no_service", "rejected")]
    [InlineData(429, "rate_limited", "retry")]
    [InlineData(500, "rollup_error", "perhaps")]
    public async Task Slack_has_posted_only_when_it_says_ok(int status, string body, string outcome)
    {
        await using Receiver receiver = await Receiver.Start(http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync(body);
        });
        (SendResult result, _) = await Send(receiver.Url, kind: "slack");
        Name(result).ShouldBe(outcome);
    }

    private static async Task<(SendResult Result, TimeSpan Elapsed)> Send(
        string url, TimeSpan? timeout = null, TimeProvider? clock = null, string kind = "webhook")
    {
        using ChannelContext context = Receiver.Context(timeout, clock);
        using Channel channel = Receiver.Make(context, kind, url);
        long began = Stopwatch.GetTimestamp();
        SendResult result = await channel.Send(Some.News(Some.Crash()), Cancel);
        Words(result).ShouldNotContain("secret-token");
        Words(result).ShouldNotContain("hidden");
        return (result, Stopwatch.GetElapsedTime(began));
    }

    private static string Name(SendResult result) => result switch
    {
        SendResult.Sent => "sent",
        SendResult.RetryLater { MayHaveArrived: true } => "perhaps",
        SendResult.RetryLater => "retry",
        _ => "rejected",
    };

    private static string Words(SendResult result) => result switch
    {
        SendResult.Sent sent => sent.Answer,
        SendResult.RetryLater later => later.Reason,
        SendResult.Rejected rejected => rejected.Reason,
        _ => "",
    };
}
