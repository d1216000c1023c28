using System.Net;
using System.Net.Http.Json;
using System.Text;
using Tocsin.Model.Crashes;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests;

/// <summary>The sample, an ordinary ASP.NET Core application with a host, in front of a receiving server.</summary>
public sealed class BookingsTests : IDisposable
{
    private readonly ReceivingServer _server = new();
    private readonly TempFolder _state = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task Logs_traces_and_metrics_leave_with_the_user_and_the_run_on_them()
    {
        using var bookings = Child.Bookings(_server.Url, _state.Path, ("OTEL_METRIC_EXPORT_INTERVAL", "500"));
        await Start(bookings);
        _http.DefaultRequestHeaders.Add("X-User-Id", "guest-42");
        var made = await _http.PostAsJsonAsync("/bookings", new { guest = "Ada", night = "2026-12-24", price = 120 });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await _http.PostAsync("/bookings/1/payment", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var failed = await _http.PostAsync("/fail/request-exception", null);
        failed.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);

        _server.Await(s => Said(s, "/v1/logs", "Booking 1 confirmed")
            && Said(s, "/v1/metrics", "bookings.made")).ShouldBeTrue();
        Said(_server, "/v1/logs", "guest-42").ShouldBeTrue();
        Said(_server, "/v1/logs", "service.instance.id").ShouldBeTrue();
        Said(_server, "/v1/logs", "the ledger does not add up").ShouldBeTrue();
        Said(_server, "/v1/metrics", "http.server.request.duration").ShouldBeTrue();
        // SIGTERM flushes what is left.
        bookings.Signal(15);
        bookings.ExitCode().ShouldBe(0);
        Said(_server, "/v1/traces", "POST /bookings/{id:int}/payment").ShouldBeTrue();
        Said(_server, "/v1/traces", "confirm booking").ShouldBeTrue();
        // The exporter's own calls are no work of the application.
        Said(_server, "/v1/traces", "/v1/logs").ShouldBeFalse();
        var captured = _server.Crashes.ShouldHaveSingleItem();
        (captured.Class, captured.Exception!.Message).ShouldBe((CrashClass.Captured, "the ledger does not add up"));
        captured.UserId.ShouldBe("guest-42");
        failed.Headers.GetValues("X-Tocsin-Crash-Id").ShouldBe([captured.CrashId]);
        captured.RequestId.ShouldBe(failed.Headers.GetValues("X-Request-ID").Single());
        _server.Heartbeats[^1].Text.ShouldContain("\"state\":\"stopped\"");
        _state.Files("*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_cancelled_a_booking_and_who_was_refused_is_in_the_security_log()
    {
        var logs = Path.Combine(_state.Path, "logs");
        using var bookings = Child.Bookings(_server.Url, _state.Path,
            ("TOCSIN_LOGS__FILES", "true"), ("TOCSIN_LOGS__LOGDIRECTORY", logs));
        await Start(bookings);
        await _http.PostAsJsonAsync("/bookings", new { guest = "Ada", night = "2026-12-24", price = 120 });
        (await _http.PostAsync("/bookings/1/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        _http.DefaultRequestHeaders.Add("X-User-Id", "guest-42");
        (await _http.PostAsync("/bookings/1/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _http.PostAsync("/bookings/1/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        bookings.Signal(15);
        bookings.ExitCode().ShouldBe(0);
        var lines = File.ReadAllLines(Path.Combine(logs, "security.log"));
        lines.Length.ShouldBe(2);
        lines[0].ShouldContain("Access denied");
        lines[0].ShouldContain("booking 1");
        lines[1].ShouldContain("guest-42: cancelled booking 1");
        Said(_server, "/v1/logs", "guest-42: cancelled booking 1").ShouldBeTrue();
    }

    [Fact]
    public async Task A_crash_in_a_request_names_the_user_and_the_operation()
    {
        using var bookings = Child.Bookings(_server.Url, _state.Path);
        await Start(bookings);
        _http.DefaultRequestHeaders.Add("X-User-Id", "guest-7");
        await Post("/fail/unhandled");
        bookings.ExitCode().ShouldBe(134);
        var crash = _server.Crashes.ShouldHaveSingleItem();
        crash.Class.ShouldBe(CrashClass.Unhandled);
        crash.Service.ShouldBe("bookings");
        crash.UserId.ShouldBe("guest-7");
        crash.RequestId.ShouldNotBeNullOrEmpty();
        crash.TraceId.ShouldNotBeNull().Length.ShouldBe(32);
        crash.Exception!.Message.ShouldBe("the night audit failed");
        crash.Logs.ShouldContain(l => l.Message == "Failing on request: unhandled" && l.TraceId == crash.TraceId);
    }

    [Fact]
    public async Task Hang_up_stops_the_host_like_any_other_request_to_stop()
    {
        using var bookings = Child.Bookings(_server.Url, _state.Path);
        await Start(bookings);
        bookings.Signal(1);
        bookings.ExitCode().ShouldBe(0);
        _server.Heartbeats[^1].Text.ShouldContain("\"state\":\"stopped\"");
        _server.Crashes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("exit", 3)]
    [InlineData("kill-self", 137)]
    public async Task The_sample_fails_as_it_says(string kind, int code)
    {
        using var bookings = Child.Bookings(_server.Url, _state.Path);
        await Start(bookings);
        (await _http.GetStringAsync("/")).ShouldContain("/fail/" + kind);
        await Post("/fail/" + kind);
        bookings.ExitCode().ShouldBe(code);
    }

    private Task Start(Child bookings)
    {
        _http.BaseAddress = new Uri(bookings.Line("      Now listening on: "));
        return Task.CompletedTask;
    }

    private async Task Post(string path)
    {
        try
        {
            await _http.PostAsync(path, null);
        }
        catch (HttpRequestException)
        {
            // The process may be gone before it answers.
        }
    }

    // Texts lie in protobuf as they are.
    private static bool Said(ReceivingServer server, string path, string text) =>
        server.At(path).Any(r => r.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);
}
