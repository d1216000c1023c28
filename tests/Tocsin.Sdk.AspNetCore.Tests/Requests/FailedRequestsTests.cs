using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TocsinSdk.AspNetCore.Tests.Support;

namespace TocsinSdk.AspNetCore.Tests.Requests;

public sealed class FailedRequestsTests
{
    [Fact]
    public async Task Page_header_and_log_name_one_crash()
    {
        await using var app = await WebApp.Start(
            a =>
            {
                a.UseExceptionHandler();
                a.MapGet("/pay/{id}", Fail);
            },
            build: b => b.Services.AddProblemDetails());
        var answer = await app.Client.GetAsync("/pay/7");
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var crash = answer.Headers.GetValues("X-Tocsin-Crash-Id").ShouldHaveSingleItem();
        crash.ShouldStartWith("CRASH-");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("crashId").GetString().ShouldBe(crash);
        problem.GetProperty("requestId").GetString().ShouldBe(answer.Headers.GetValues("X-Request-ID").Single());
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        var end = (await app.Said("RequestCompleted")).ShouldHaveSingleItem();
        end.Level.ShouldBe(LogLevel.Error);
        end["crash_id"].ShouldBe(crash);
        end["http.response.status_code"].ShouldBe(500);
        end["http.route"].ShouldBe("/pay/{id}");
    }

    [Fact]
    public async Task An_exception_that_nobody_answers_is_told_by_the_id_and_passes_on()
    {
        await using var app = await WebApp.Start(a => a.MapGet("/", Fail));
        (await app.Client.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var end = (await app.Said("RequestCompleted")).ShouldHaveSingleItem();
        (end.Level, end["http.response.status_code"]).ShouldBe((LogLevel.Error, 500));
        end["crash_id"].ShouldBeOfType<string>().ShouldStartWith("CRASH-");
        // Kestrel logs it with its stack already.
        end.Error.ShouldBeNull();
    }

    [Theory]
    [InlineData(503, true)]
    [InlineData(404, false)]
    public async Task An_exception_that_a_handler_answered_counts_when_the_answer_is_a_failure(int status, bool counts)
    {
        await using var app = await WebApp.Start(
            a =>
            {
                a.UseExceptionHandler(static _ => { });
                a.MapGet("/", Fail);
            },
            build: b => b.Services.AddSingleton<IExceptionHandler>(new Answers(status)));
        var answer = await app.Client.GetAsync("/");
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.Contains("X-Tocsin-Crash-Id").ShouldBe(counts);
        var end = (await app.Said("RequestCompleted")).ShouldHaveSingleItem();
        (end["crash_id"] is not null, end.Error is not null).ShouldBe((counts, counts));
        end.Level.ShouldBe(counts ? LogLevel.Error : LogLevel.Information);
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_the_callers_mistake()
    {
        await using var app = await WebApp.Start(a => a.MapPost("/", static string () =>
            throw new BadHttpRequestException("no such night", 422)));
        ((int)(await app.Client.PostAsync("/", null)).StatusCode).ShouldBe(422);
        var end = (await app.Said("RequestCompleted")).ShouldHaveSingleItem();
        (end.Level, end["crash_id"]).ShouldBe((LogLevel.Information, null));
    }

    [Fact]
    public async Task A_500_without_an_exception_has_no_crash()
    {
        await using var app = await WebApp.Start(a => a.MapGet("/", () => Results.StatusCode(500)));
        (await app.Client.GetAsync("/")).Headers.Contains("X-Tocsin-Crash-Id").ShouldBeFalse();
        (await app.Said("RequestCompleted")).ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Error);
    }

    [Fact]
    public async Task An_exception_after_the_answer_began_is_not_lost()
    {
        await using var app = await WebApp.Start(a => a.MapGet("/", async (HttpContext c) =>
        {
            await c.Response.WriteAsync("half");
            await c.Response.Body.FlushAsync();
            throw new InvalidOperationException("the other half");
        }));
        await Should.ThrowAsync<HttpRequestException>(() => app.Client.GetStringAsync("/"));
        var end = (await app.Said("RequestCompleted")).ShouldHaveSingleItem();
        (end.Level, end["http.response.status_code"]).ShouldBe((LogLevel.Error, 200));
        end["crash_id"].ShouldNotBeNull();
    }

    private static string Fail() => throw new InvalidOperationException("the ledger does not add up");

    private sealed class Answers(int status) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancel)
        {
            httpContext.Response.StatusCode = status;
            await httpContext.Response.WriteAsync("sorry", cancel);
            return true;
        }
    }
}
