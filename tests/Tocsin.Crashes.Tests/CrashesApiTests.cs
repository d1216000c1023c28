using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tocsin.Model.Crashes;
using static Tocsin.Crashes.Tests.SomeCrash;

namespace Tocsin.Crashes.Tests;

public sealed class CrashesApiTests
{
    private const string Fees = "System.InvalidOperationException: no fee\n   at Bookings.Fees.Compute(Int32 id)\n";

    [Fact]
    public async Task A_reported_crash_can_be_listed_looked_at_and_resolved()
    {
        await using var api = await Api.Start();
        CrashRecord crash = Thrown(Fees) with { Release = "1.4.0", UserId = "ann" };
        JsonElement accepted = await api.Post("crashes", CrashJson.Write(crash));
        long group = accepted.GetProperty("groupId").GetInt64();
        (accepted.GetProperty("crashId").GetString(),
            accepted.GetProperty("duplicate").GetBoolean()).ShouldBe((crash.CrashId, false));
        (await api.Post("crashes", CrashJson.Write(crash))).GetProperty("duplicate").GetBoolean().ShouldBeTrue();

        JsonElement list = await api.Get("crashes?q=compute&service=bookings&class=unhandled&state=new&sort=count");
        list.GetProperty("total").GetInt64().ShouldBe(1);
        JsonElement item = list.GetProperty("items")[0];
        item.GetProperty("title").GetString().ShouldBe("InvalidOperationException in Bookings.Fees.Compute (bookings)");
        (item.GetProperty("class").GetString(), item.GetProperty("severity").GetString(),
            item.GetProperty("state").GetString())
            .ShouldBe(("unhandled", "HIGH", "new"));
        item.GetProperty("trend").GetArrayLength().ShouldBe(24);
        item.GetProperty("alertId").GetInt64().ShouldBe(accepted.GetProperty("alertId").GetInt64());

        JsonElement detail = await api.Get($"crashes/{group}");
        detail.GetProperty("fingerprint").GetProperty("parts").GetArrayLength().ShouldBeGreaterThan(2);
        detail.GetProperty("diagnosis").GetProperty("rule").GetString().ShouldBe("code.invalid_operation");
        detail.GetProperty("occurrences")[0].GetProperty("crashId").GetString().ShouldBe(crash.CrashId);
        detail.GetProperty("latest").GetProperty("exception").GetProperty("frames")[0].GetProperty("method").GetString().ShouldBe("Bookings.Fees.Compute(Int32 id)");
        (await api.Get($"crashes/{group}/events/{crash.CrashId}")).GetProperty("release").GetString().ShouldBe("1.4.0");

        JsonElement resolved = await api.Post($"crashes/{group}/resolve", """{"by":"ann","notes":"fixed"}""");
        resolved.GetProperty("group").GetProperty("state").GetString().ShouldBe("resolved");
        (await api.Get("crashes?state=resolved")).GetProperty("total").GetInt64().ShouldBe(1);
        (await api.Post($"crashes/{group}/reopen")).GetProperty("group").GetProperty("state").GetString().ShouldBe("ongoing");
        (await api.Post($"crashes/{group}/ignore")).GetProperty("group").GetProperty("state").GetString().ShouldBe("ignored");
    }

    [Theory]
    [InlineData("""{"crashId":"x","class":"killed","time":"2026-03-14T15:09:26Z","service":"s"}""", "crashId")]
    [InlineData("""{"crashId":"CRASH-20260314150926-0123abcd","class":"killed","time":"2026-03-14T15:09:26Z","service":" "}""", "service")]
    [InlineData("""{"crashId":"CRASH-20260314150926-0123abcd","class":"exploded","time":"2026-03-14T15:09:26Z","service":"s"}""", "class")]
    [InlineData("""{"crashId":"CRASH-20260314150926-0123abcd","class":"killed","time":"1970-01-01T00:00:00Z","service":"s"}""", "time")]
    [InlineData("""{"crashId":"CRASH-20260314150926-0123abcd","class":"killed","time":"2026-03-14T15:09:26Z","service":"s","exception":{"type":""}}""", "exception.type")]
    [InlineData("""{"crashId":null,"class":"killed","time":"2026-03-14T15:09:26Z","service":"s"}""", "crashId")]
    [InlineData("not json", "body")]
    public async Task A_wrong_record_is_refused_with_the_field_named(string json, string field)
    {
        await using var api = await Api.Start();
        JsonElement problem = await api.Post("crashes", json, expected: 400);
        problem.ToString().ShouldContain(field);
    }

    [Fact]
    public async Task Wrong_requests_are_refused()
    {
        await using var api = await Api.Start();
        await api.Get("crashes/99", expected: 404);
        await api.Post("crashes/99/resolve", expected: 404);
        await api.Get("crashes/99/events/CRASH-20260314150926-0123abcd", expected: 404);
        foreach (string query in new[] { "class=x", "state=x", "sort=x", "limit=0", "limit=x", "cursor=x", "sort=7" })
            await api.Get($"crashes?{query}", expected: 400);
        await api.Post("crashes", "{}", contentType: "text/plain", expected: 415);
        await api.Post("heartbeats", """{"service":"s","runId":"","state":"running"}""", expected: 400);
        await api.Post("heartbeats", """{"service":"s","runId":"r","state":"sleeping"}""", expected: 400);
    }

    [Fact]
    public async Task Heartbeats_are_taken()
    {
        await using var api = await Api.Start();
        await api.Post("heartbeats", """{"service":"s","runId":"r","host":"h","pid":7,"state":"running","time":"2026-03-14T15:09:26Z"}""", expected: 204);
        api.Desk.Heartbeats.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("lastSeen")]
    [InlineData("firstSeen")]
    [InlineData("count")]
    [InlineData("users")]
    public async Task Pages_hold_every_group_once(string sort)
    {
        await using var api = await Api.Start();
        for (int i = 0; i < 23; i++)
        {
            for (int n = 0; n <= i % 3; n++)
                await api.Desk.Accept(Thrown(Fees.Replace("Compute", $"Compute{(char)('a' + i)}"),
                    "otlp") with { UserId = $"u{n}", Time = Time.AddSeconds(-i) });
        }
        var seen = new List<long>();
        string cursor = "";
        do
        {
            JsonElement page = await api.Get($"crashes?sort={sort}&limit=5{cursor}");
            page.GetProperty("total").GetInt64().ShouldBe(23);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(g => g.GetProperty("id").GetInt64()));
            cursor = page.TryGetProperty("next", out JsonElement next) ? $"&cursor={next.GetString()}" : "";
        }
        while (cursor.Length > 0 && seen.Count < 100);
        seen.Count.ShouldBe(23);
        seen.Distinct().Count().ShouldBe(23);
    }

    [Fact]
    public async Task Eight_posts_of_one_crash_at_once_make_one_record()
    {
        await using var api = await Api.Start();
        string json = CrashJson.Write(Thrown(Fees));
        JsonElement[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => api.Post("crashes", json)));
        answers.Count(a => !a.GetProperty("duplicate").GetBoolean()).ShouldBe(1);
        api.Desk.Groups.ShouldHaveSingleItem().Count.ShouldBe(1);
    }

    private sealed class Api : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly HttpClient _client;

        private Api(CrashDesk desk, WebApplication app)
        {
            Desk = desk;
            _app = app;
            _client = new HttpClient { BaseAddress = new Uri(app.Urls.Single() + "/api/tocsin/v1/") };
        }

        public CrashDesk Desk { get; }

        public static async Task<Api> Start()
        {
            var desk = new CrashDesk();
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddProblemDetails();
            builder.Services.ConfigureHttpJsonOptions(json =>
                json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull);
            WebApplication app = builder.Build();
            new CrashesApi(desk.Inbox, desk.Reports, desk.Actions, desk.Heartbeats).Map(app.MapGroup("/api/tocsin/v1"));
            await app.StartAsync();
            return new Api(desk, app);
        }

        public async Task<JsonElement> Get(string path, int expected = 200) =>
            await Read(await _client.GetAsync(path), expected);

        public async Task<JsonElement> Post(string path, string json = "{}", int expected = 200,
            string contentType = "application/json")
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
            return await Read(await _client.PostAsync(path, content), expected);
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _app.DisposeAsync();
            await Desk.DisposeAsync();
        }

        private static async Task<JsonElement> Read(HttpResponseMessage response, int expected)
        {
            using (response)
            {
                string text = await response.Content.ReadAsStringAsync();
                ((int)response.StatusCode).ShouldBe(expected, text);
                if (expected >= 400 && text.Length > 0)
                    response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
                return text.Length > 0 ? JsonDocument.Parse(text).RootElement : default;
            }
        }
    }
}
