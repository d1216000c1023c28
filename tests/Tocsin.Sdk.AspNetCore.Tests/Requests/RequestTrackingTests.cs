using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TocsinSdk.AspNetCore.Requests;
using TocsinSdk.AspNetCore.Tests.Support;

namespace TocsinSdk.AspNetCore.Tests.Requests;

public sealed class RequestTrackingTests
{
    [Fact]
    public async Task Beginning_and_end_are_told_with_everything_known()
    {
        await using var app = await WebApp.Start(a => a.MapPost("/bookings/{id:int}", (int id) => Results.Text("booked")));
        app.Client.DefaultRequestHeaders.UserAgent.ParseAdd("curl/8.1");
        await app.Client.PostAsync("/bookings/7?guest=Ada&night=2026-12-24", new StringContent("{}"));
        var end = (await app.Said("RequestCompleted")).ShouldHaveSingleItem();
        end.Level.ShouldBe(LogLevel.Information);
        end.Text.ShouldStartWith("Request completed: POST /bookings/7 200 in ");
        end["http.request.method"].ShouldBe("POST");
        end["http.route"].ShouldBe("/bookings/{id:int}");
        end["url.path"].ShouldBe("/bookings/7");
        end["url.query"].ShouldBe("?guest=*&night=*");
        end["http.response.status_code"].ShouldBe(200);
        end["duration_ms"].ShouldBeOfType<double>().ShouldBeGreaterThan(0);
        end["http.request.body.size"].ShouldBe(2L);
        end["http.response.body.size"].ShouldBe(6L);
        end["client.address"].ShouldBe("127.0.0.1");
        end["user_agent.original"].ShouldBe("curl/8.1");
        end["network.protocol.version"].ShouldBe("1.1");
        var start = app.All().Single(r => r.Name == "RequestStarted");
        start.Text.ShouldBe("Request started: POST /bookings/7");
        start["url.query"].ShouldBe("?guest=*&night=*");
    }

    [Fact]
    public async Task A_health_page_that_says_unhealthy_is_no_failed_request()
    {
        await using var app = await WebApp.Start(a =>
        {
            a.MapGet("/health/detailed", () => Results.StatusCode(503));
            a.MapGet("/other", () => Results.StatusCode(503));
        });
        await app.Client.GetAsync("/health/detailed");
        await app.Client.GetAsync("/other");
        (await app.Said("RequestCompleted")).Where(r => r.Level >= LogLevel.Error)
            .ShouldHaveSingleItem()["url.path"].ShouldBe("/other");
    }

    [Fact]
    public async Task A_usable_request_id_is_taken_over_and_returned()
    {
        await using var app = await WebApp.Start(a => a.MapGet("/", (HttpContext c) => c.TraceIdentifier));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Request-ID", "order-7_a.b:c" } } };
        var answer = await app.Client.SendAsync(request);
        answer.Headers.GetValues("X-Request-ID").ShouldBe(["order-7_a.b:c"]);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("order-7_a.b:c");
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("<script>")]
    [InlineData("\"x\"")]
    [InlineData("129")]
    [InlineData(null)]
    public async Task Any_other_is_replaced_by_one_of_our_own(string? given)
    {
        given = given == "129" ? new string('x', 129) : given;
        await using var app = await WebApp.Start(a => a.MapGet("/", () => "ok"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (given is not null)
            request.Headers.TryAddWithoutValidation("X-Request-ID", given).ShouldBeTrue();
        var id = (await app.Client.SendAsync(request)).Headers.GetValues("X-Request-ID").ShouldHaveSingleItem();
        id.ShouldNotBe(given);
        id.ShouldMatch("^[0-9a-f]{32}$");
    }

    [Fact]
    public async Task Called_by_hand_as_well_it_still_tracks_once()
    {
        await using var app = await WebApp.Start(a =>
        {
            a.UseTocsin().UseTocsin();
            a.MapGet("/", () => "ok");
            a.MapTocsin();
        });
        await app.Client.GetAsync("/");
        await app.Said("RequestCompleted");
        app.All().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Probes_are_told_at_debug_and_are_never_slow()
    {
        await using var app = await WebApp.Start(
            a => a.MapGet("/{**path}", async () => await Task.Delay(20)),
            o => o.SlowThreshold = TimeSpan.FromMilliseconds(1));
        await app.Client.GetAsync("/health/live");
        await app.Client.GetAsync("/healthy");
        (await app.Said("RequestCompleted", 2)).Select(r => r.Level).ShouldBe([LogLevel.Debug, LogLevel.Information]);
        (await app.Said("RequestSlow")).ShouldHaveSingleItem()["url.path"].ShouldBe("/healthy");
    }

    [Fact]
    public async Task A_slow_request_is_told_as_one()
    {
        await using var app = await WebApp.Start(
            a => a.MapGet("/report", async () => await Task.Delay(30)),
            o => o.SlowThreshold = TimeSpan.FromMilliseconds(10));
        await app.Client.GetAsync("/report");
        var slow = (await app.Said("RequestSlow")).ShouldHaveSingleItem();
        slow.Level.ShouldBe(LogLevel.Warning);
        slow["http.route"].ShouldBe("/report");
        slow["threshold_ms"].ShouldBe(10.0);
    }

    [Fact]
    public async Task What_is_meant_to_last_is_not_slow()
    {
        await using var app = await WebApp.Start(
            a =>
            {
                a.UseWebSockets();
                a.MapGet("/events", async (HttpContext c) =>
                {
                    c.Response.ContentType = "text/event-stream";
                    await Task.Delay(30);
                });
                a.MapGet("/socket", async (HttpContext c) =>
                {
                    using var socket = await c.WebSockets.AcceptWebSocketAsync();
                    await Task.Delay(30);
                    await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "", default);
                });
                a.MapHub<Microsoft.AspNetCore.SignalR.Hub>("/hub");
            },
            o => o.SlowThreshold = TimeSpan.FromMilliseconds(1), b => b.Services.AddSignalR());
        await app.Client.GetAsync("/events");
        using var client = new System.Net.WebSockets.ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{app.Address.Port}/socket"), default);
        await client.ReceiveAsync(new byte[8], default);
        await client.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "", default);
        await app.Client.PostAsync("/hub/negotiate?negotiateVersion=1", null);
        await app.Said("RequestCompleted", 3);
        app.All().ShouldNotContain(r => r.Name == "RequestSlow");
    }

    [Fact]
    public async Task The_address_in_front_of_a_proxy_counts_only_when_told()
    {
        await using var app = await WebApp.Start(a => a.MapGet("/", () => "ok"));
        app.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7, 10.0.0.1");
        await app.Client.GetAsync("/");
        (await app.Said("RequestCompleted"))[0]["client.address"].ShouldBe("127.0.0.1");
        await using var proxied = await WebApp.Start(a => a.MapGet("/", () => "ok"), o => o.TrustForwardedFor = true);
        proxied.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7, 10.0.0.1");
        await proxied.Client.GetAsync("/");
        (await proxied.Said("RequestCompleted"))[0]["client.address"].ShouldBe("203.0.113.7");
    }

    [Fact]
    public async Task Switched_off_it_says_and_adds_nothing()
    {
        await using var app = await WebApp.Start(a => a.MapGet("/", () => "ok"), o => o.Enabled = false);
        (await app.Client.GetAsync("/")).Headers.Contains("X-Request-ID").ShouldBeFalse();
        app.All().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, "^guest-7$")]
    [InlineData(true, "^[0-9a-f]{16}$")]
    public async Task The_authenticated_user_is_the_requests_user(bool hashed, string expected)
    {
        TrackedRequest? seen = null;
        await using var app = await WebApp.Start(
            a =>
            {
                a.Use((context, next) =>
                {
                    seen = context.Features.Get<TrackedRequest>();
                    context.User = new ClaimsPrincipal(new ClaimsIdentity(
                        [new Claim(ClaimTypes.NameIdentifier, "guest-7")], "test"));
                    return next();
                });
                a.MapGet("/", (HttpContext c) => c.User.Identity!.IsAuthenticated);
            },
            o => o.HashUser = hashed);
        (await app.Client.GetStringAsync("/")).ShouldBe("true");
        seen!.Ambient!.UserId.ShouldNotBeNull().ShouldMatch(expected);
    }

    [Fact]
    public async Task Nobody_is_the_user_of_an_anonymous_request()
    {
        TrackedRequest? seen = null;
        await using var app = await WebApp.Start(a => a.MapGet("/", (HttpContext c) =>
        {
            seen = c.Features.Get<TrackedRequest>();
            return c.User.Identity!.IsAuthenticated;
        }));
        (await app.Client.GetStringAsync("/")).ShouldBe("false");
        seen!.Ambient!.UserId.ShouldBeNull();
    }

    [Fact]
    public async Task A_request_under_way_is_listed_until_it_ends()
    {
        var (inside, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await WebApp.Start(a => a.MapGet("/wait/{id}", async () =>
        {
            inside.SetResult();
            await leave.Task;
        }));
        var call = app.Client.GetAsync("/wait/1");
        await inside.Task;
        var listed = ActiveRequests.OfProcess.All().ShouldHaveSingleItem();
        (listed.Method, listed.Path, listed.Route).ShouldBe(("GET", "/wait/1", "/wait/{id}"));
        leave.SetResult();
        await call;
        await app.Said("RequestCompleted");
        ActiveRequests.OfProcess.All().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_caller_who_goes_away_is_no_error()
    {
        var inside = new TaskCompletionSource();
        await using var app = await WebApp.Start(a => a.MapGet("/", async (HttpContext c) =>
        {
            inside.SetResult();
            await Task.Delay(Timeout.Infinite, c.RequestAborted);
        }));
        using var cancel = new CancellationTokenSource();
        var call = app.Client.GetAsync("/", cancel.Token);
        await inside.Task;
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        var end = (await app.Said("RequestCompleted")).ShouldHaveSingleItem();
        (end.Level, end["http.response.status_code"], end["crash_id"]).ShouldBe((LogLevel.Information, 499, null));
    }

    [Fact]
    public async Task UseTocsin_without_AddTocsin_says_what_is_missing()
    {
        await using var app = WebApplication.CreateBuilder().Build();
        Should.Throw<InvalidOperationException>(() => app.UseTocsin()).Message.ShouldContain("AddTocsin");
        Should.Throw<InvalidOperationException>(() => app.MapTocsin()).Message.ShouldContain("AddTocsin");
    }
}
