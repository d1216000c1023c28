using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TocsinSdk.AspNetCore.Requests;

namespace TocsinSdk.AspNetCore.Tests.Requests;

public sealed class RequestPartsTests
{
    private const string Secret = "correct-horse-battery";
    private readonly DateTimeOffset _now = new(2026, 11, 21, 7, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, true, false)]
    [InlineData("1", true, true)]
    [InlineData("false", true, false)]
    [InlineData("1", false, false)]
    [InlineData(Secret, false, true)]
    [InlineData("correct-horse-batterx", false, false)]
    public void Debugging_is_for_developers_and_those_who_know_the_secret(string? value, bool development, bool allowed) =>
        DebugPermit.Allows(value, Secret, development, new At(_now)).ShouldBe(allowed);

    [Theory]
    [InlineData(0, true)]
    [InlineData(299, true)]
    [InlineData(-299, true)]
    [InlineData(301, false)]
    public void A_signed_permit_is_good_for_five_minutes(int age, bool allowed)
    {
        var seconds = (_now.ToUnixTimeSeconds() - age).ToString();
        var signature = Convert.ToHexString(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(seconds)));
        DebugPermit.Allows(seconds + "." + signature, Secret, development: false, new At(_now)).ShouldBe(allowed);
        DebugPermit.Allows(seconds + "." + signature, "another-secret-of-ours", development: false, new At(_now))
            .ShouldBeFalse();
        DebugPermit.Allows(seconds + "1." + signature, Secret, development: false, new At(_now)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("?", "?")]
    [InlineData("?a=1", "?a=*")]
    [InlineData("?a=1&b=2=3&c", "?a=*&b=*&c")]
    [InlineData("?token=a%26b&&=x", "?token=*&&=*")]
    public void Of_a_query_only_the_names_are_kept(string query, string kept) =>
        RequestLog.WithoutValues(query).ShouldBe(kept);

    [Fact]
    public void More_requests_than_places_are_no_trouble()
    {
        var active = new ActiveRequests(places: 4);
        var options = new RequestOptions();
        var places = Enumerable.Range(0, 6).Select(i => active.Add(Request(new DefaultHttpContext(), i))).ToArray();
        places.Order().ShouldBe([-1, -1, 0, 1, 2, 3]);
        active.All().Select(r => r.Id).ShouldBe(["0", "1", "2", "3"]);
        foreach (var place in places)
            active.Remove(place);
        active.All().ShouldBeEmpty();
    }

    [Fact]
    public void Coming_and_going_from_many_threads_leaves_nothing_behind()
    {
        var active = new ActiveRequests(places: 64);
        var request = Request(new DefaultHttpContext(), 1);
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 10_000; i++)
                active.Remove(active.Add(request));
        });
        active.All().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "GET", "GET /bookings/{id}", null)]
    [InlineData("BREW", "_OTHER", "HTTP /bookings/{id}", "BREW")]
    public void Where_the_framework_says_nothing_of_a_request_its_span_is_complete_all_the_same(
        string method, string tagged, string name, string? original)
    {
        using var span = new Activity("Microsoft.AspNetCore.Hosting.HttpRequestIn") { IsAllDataRequested = true }.Start();
        var context = new DefaultHttpContext { Request = { Method = method, Scheme = "https", Path = "/bookings/7" } };
        context.Request.Host = new HostString("shop.example");
        context.Features.Set<IHttpActivityFeature>(new Spanned(span));
        ServerSpans.Complete(context, 503, "/bookings/{id}");
        span.DisplayName.ShouldBe(name);
        span.GetTagItem("http.request.method").ShouldBe(tagged);
        span.GetTagItem("http.request.method_original").ShouldBe(original);
        span.GetTagItem("http.route").ShouldBe("/bookings/{id}");
        span.GetTagItem("http.response.status_code").ShouldBe(503);
        span.GetTagItem("error.type").ShouldBe("503");
        span.GetTagItem("url.scheme").ShouldBe("https");
        span.GetTagItem("url.path").ShouldBe("/bookings/7");
        span.GetTagItem("server.address").ShouldBe("shop.example");
        span.GetTagItem("server.port").ShouldBe(443);
        span.Status.ShouldBe(ActivityStatusCode.Error);
    }

    private TrackedRequest Request(HttpContext context, int number) => new(context, new RequestOptions(), "shop")
    {
        Id = number.ToString(),
        Method = "GET",
        Path = "/",
        Started = _now.AddSeconds(number),
        StartedAt = 0,
        TraceId = null,
        Quiet = false,
        Verbose = false,
    };

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class Spanned(Activity activity) : IHttpActivityFeature
    {
        public Activity Activity { get; set; } = activity;
    }
}
