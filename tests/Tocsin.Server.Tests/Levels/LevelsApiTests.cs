using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tocsin.Server.Tests.Levels;

public sealed class LevelsApiTests
{
    private const string Levels = "api/tocsin/v1/levels", Effective = Levels + "/effective?service=shop";

    [Fact]
    public async Task A_level_set_is_listed_and_told_to_the_service_and_survives_a_restart()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-server-").FullName;
        await using (RunningServer first = await RunningServer.Start(folder: folder))
        {
            JsonElement level = (await Set(first, """{"service":"shop","category":"Shop.Orders","level":"dbg","for":"15m","by":"ada","notes":"order 7"}"""))
                .GetProperty("level");
            level.GetProperty("level").GetString().ShouldBe("Debug");
            TimeSpan holds = level.GetProperty("expiresAt").GetDateTimeOffset() - level.GetProperty("setAt").GetDateTimeOffset();
            holds.ShouldBe(TimeSpan.FromMinutes(15));
        }
        await using (RunningServer second = await RunningServer.Start(folder: folder))
        {
            JsonElement list = await second.Get(Levels);
            JsonElement item = list.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
            item.GetProperty("setBy").GetString().ShouldBe("ada");
            item.GetProperty("notes").GetString().ShouldBe("order 7");
            list.GetProperty("changes").EnumerateArray().ShouldHaveSingleItem().GetProperty("action").GetString().ShouldBe("set");
            JsonElement told = (await second.Get(Effective)).GetProperty("levels").EnumerateArray().ShouldHaveSingleItem();
            told.GetProperty("category").GetString().ShouldBe("Shop.Orders");
            told.GetProperty("remainingMs").GetInt64().ShouldBeInRange(800_000, 900_000);
            (await second.Get(Levels + "/effective?service=other")).GetProperty("levels").GetArrayLength().ShouldBe(0);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Setting_the_same_category_again_replaces_it_and_clearing_says_who()
    {
        await using RunningServer server = await RunningServer.Start();
        await Set(server, """{"service":"shop","category":"Shop","level":"Debug"}""");
        await Set(server, """{"service":"shop","category":"shop","level":"Error"}""");
        await Set(server, """{"service":"shop","category":"Shop","level":"None","environment":"Test"}""");
        (await server.Get(Levels + "?service=shop")).GetProperty("items").EnumerateArray()
            .Select(i => i.GetProperty("level").GetString()).ShouldBe(["Error", "None"], ignoreOrder: true);
        (HttpStatusCode status, JsonElement cleared) = await server.Post(
            Levels + "/clear", """{"service":"shop","category":"Shop","environment":"","by":"bob"}""");
        (status, cleared.GetProperty("cleared").GetInt32()).ShouldBe((HttpStatusCode.OK, 1));
        (await server.Post(Levels + "/clear", """{"service":"shop"}""")).Body.GetProperty("cleared").GetInt32().ShouldBe(1);
        (await server.Post(Levels + "/clear", """{"service":"shop"}""")).Status.ShouldBe(HttpStatusCode.NotFound);
        JsonElement[] changes = [.. (await server.Get(Levels)).GetProperty("changes").EnumerateArray()];
        changes.Select(c => $"{c.GetProperty("action")} {c.GetProperty("level")} {c.GetProperty("by")}")
            .ShouldBe(["cleared None api", "cleared Error bob", "set None api", "set Error api", "set Debug api"]);
    }

    [Fact]
    public async Task Verbose_levels_end_by_themselves_after_a_day_at_most()
    {
        await using RunningServer server = await RunningServer.Start();
        JsonElement debug = (await Set(server, """{"service":"shop","level":"Debug"}""")).GetProperty("level");
        (debug.GetProperty("expiresAt").GetDateTimeOffset() - debug.GetProperty("setAt").GetDateTimeOffset()).ShouldBe(TimeSpan.FromHours(24));
        debug.GetProperty("category").GetString().ShouldBe("Default");
        (await Set(server, """{"service":"shop","category":"Noisy","level":"Warning"}""")).GetProperty("level")
            .TryGetProperty("expiresAt", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"category":"Shop","level":"Debug"}""", "service: it is missing; expected the name of the service")]
    [InlineData("""{"service":"shop","level":"loud"}""", "level: 'loud' is not a level; expected one of Trace, Debug, Information")]
    [InlineData("""{"service":"shop"}""", "level: it is missing; expected one of Trace")]
    [InlineData("""{"service":"shop","level":"Debug","for":"soon"}""", "for: 'soon' is not a duration; expected a duration such as 30s")]
    [InlineData("""{"service":"shop","level":"Debug","for":"25h"}""", "for: '25h' is too long; expected at most 24h")]
    [InlineData("""{"service":"shop","level":"Debug","category":"a*b*c"}""", "category: it has more than one *")]
    [InlineData("""{"service":"sh\u0007op","level":"Debug"}""", "service: it contains control characters; expected printable text")]
    [InlineData("""{"service":7,"level":"Debug"}""", "service: its value does not fit (line 1, byte 13); expected text")]
    public async Task A_wrong_order_is_refused_with_what_where_and_expected(string order, string problem)
    {
        await using RunningServer server = await RunningServer.Start();
        (HttpStatusCode status, JsonElement body) = await server.Post(Levels, order);
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("detail").GetString()!.ShouldStartWith(problem);
        (await server.Get(Levels)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_answer_has_a_version_that_changes_with_the_levels_only()
    {
        await using RunningServer server = await RunningServer.Start();
        await Set(server, """{"service":"shop","category":"Shop","level":"Debug","for":"1h"}""");
        (HttpStatusCode status, EntityTagHeaderValue? tag) = await Ask(server, null);
        status.ShouldBe(HttpStatusCode.OK);
        (await Ask(server, tag!.Tag)).ShouldBe((HttpStatusCode.NotModified, tag));
        (await Ask(server, "W/" + tag.Tag)).Status.ShouldBe(HttpStatusCode.NotModified);
        await Set(server, """{"service":"other","level":"Error"}""");
        (await Ask(server, tag.Tag)).Status.ShouldBe(HttpStatusCode.NotModified);
        await server.Post(Levels + "/clear", """{"service":"shop"}""");
        (await Ask(server, tag.Tag)).Status.ShouldBe(HttpStatusCode.OK);
        (await server.Http.GetAsync(Levels + "/effective")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_asks_is_listed_with_whether_it_has_what_holds()
    {
        await using RunningServer server = await RunningServer.Start();
        await server.Get(Effective + "&environment=Test&run=r1");
        await server.Get(Effective + "&environment=Test&run=r2");
        await Set(server, """{"service":"shop","level":"Error"}""");
        await server.Get(Effective + "&environment=Test&run=r2");
        JsonElement listener = (await server.Get(Levels)).GetProperty("listeners").EnumerateArray().ShouldHaveSingleItem();
        (listener.GetProperty("service").GetString(), listener.GetProperty("environment").GetString(),
            listener.GetProperty("processes").GetInt32(), listener.GetProperty("upToDate").GetInt32()).ShouldBe(("shop", "Test", 2, 1));
    }

    [Fact]
    public async Task An_ingest_key_may_ask_for_levels_and_no_more()
    {
        await using RunningServer server = await RunningServer.Start(s => s with { AdminPassword = "letmein", IngestKeys = ["k1"] });
        (await server.Http.GetAsync(Effective)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", "k1");
        (await server.Http.GetAsync(Effective)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.Http.GetAsync(Levels)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var order = new StringContent("""{"service":"shop","level":"Error"}""", Encoding.UTF8, "application/json");
        (await server.Http.PostAsync(Levels, order)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<JsonElement> Set(RunningServer server, string order)
    {
        (HttpStatusCode status, JsonElement body) = await server.Post(Levels, order);
        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    private static async Task<(HttpStatusCode Status, EntityTagHeaderValue? Tag)> Ask(RunningServer server, string? known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Effective);
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        return (answer.StatusCode, answer.Headers.ETag);
    }
}
