using System.Text.Json;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Tests.Api;

public sealed class AlertingApiTests
{
    private const string SlowQuery =
        """
        {
          "type": "database_slow_query",
          "title": "Slow Database Query on Bookings Table",
          "message": "Query took 5.23 seconds (threshold: 1.0s, exceeded by 423%)",
          "priority": "HIGH",
          "category": "DATABASE",
          "resource": "bookings table",
          "service": "bookings",
          "metadata": {"query": "SELECT * FROM bookings WHERE customer_id = ?", "rows_scanned": 50000},
          "recommendations": ["Add index: CREATE INDEX idx_bookings_customer_id ON bookings(customer_id)"],
          "relatedLogs": [{"time": "2026-01-02T03:04:00Z", "level": "warn", "service": "postgres", "message": "duration: 5230 ms"}],
          "affectedUsers": 15
        }
        """;

    [Fact]
    public async Task A_reported_alert_comes_back_as_it_was_reported()
    {
        await using ApiDesk api = await ApiDesk.Start();
        Answer created = await api.Post("alerts", SlowQuery);
        created.Status.ShouldBe(201);
        created.Location.ShouldBe("/api/tocsin/v1/alerts/1");
        (created.At("transition"), created.At("alert.status"), created.At("alert.priority"), created.At("alert.category"))
            .ShouldBe(("opened", "ACTIVE", "HIGH", "DATABASE"));

        Answer story = await api.Get("alerts/1");
        story.Alert.GetRawText().ShouldBe(created.Alert.GetRawText());
        story.At("alert.key").ShouldBe("database_slow_query:bookings table");
        story.At("alert.metadata.rows_scanned").ShouldBe("50000");
        story.At("alert.labels.service").ShouldBe("bookings");
        story.At("alert.startsAt").ShouldBe("2026-01-02T03:04:05+00:00");
        story.Alert.GetProperty("relatedLogs")[0].GetProperty("message").GetString().ShouldBe("duration: 5230 ms");
        story.Json.GetProperty("history")[0].GetRawText().ShouldBe(
            """{"time":"2026-01-02T03:04:05+00:00","action":"opened","by":"api"}""");
        JsonElement told = story.Json.GetProperty("notifications").EnumerateArray().ShouldHaveSingleItem();
        (told.GetProperty("channel").GetString(), told.GetProperty("kind").GetString(), told.GetProperty("reason").GetString(),
            told.GetProperty("state").GetString()).ShouldBe(("ops", "webhook", "firing", "queued"));
    }

    [Fact]
    public async Task A_repeat_is_the_same_alert_and_not_created_again()
    {
        await using ApiDesk api = await ApiDesk.Start();
        await api.Post("alerts", SlowQuery);
        Answer repeat = await api.Post("alerts", SlowQuery);
        (repeat.Status, repeat.At("transition"), repeat.At("alert.id"), repeat.At("alert.count")).ShouldBe((200, "occurred", "1", "2"));
    }

    [Fact]
    public async Task A_measurement_finds_its_own_words()
    {
        await using ApiDesk api = await ApiDesk.Start();
        Answer answer = await api.Post("alerts",
            """{"type":"threshold","metric":"cpu_percent","currentValue":92,"thresholdValue":80,"resource":"web-server-01"}""");
        answer.Status.ShouldBe(201);
        answer.At("alert.title").ShouldBe("High CPU Usage - web-server-01");
        answer.At("alert.message").ShouldBe("CPU is at 92% (threshold: 80%, exceeded by 15.0%)");
        (answer.At("alert.type"), answer.At("alert.key"), answer.At("alert.priority"), answer.At("alert.category"))
            .ShouldBe(("threshold_cpu_percent", "threshold_cpu_percent:web-server-01", "MEDIUM", "SYSTEM"));
        answer.Alert.GetProperty("recommendations")[0].GetString()!.ShouldStartWith("Check for runaway processes");
        answer.At("alert.metadata.overagePercent").ShouldBe("15");
    }

    [Fact]
    public async Task Its_life_passes_through_the_five_states()
    {
        await using ApiDesk api = await ApiDesk.Start();
        await api.Post("alerts", SlowQuery);
        Answer acknowledged = await api.Post("alerts/1/acknowledge", """{"by":"ada","notes":"checking execution plan"}""");
        (acknowledged.Status, acknowledged.At("alert.status"), acknowledged.At("alert.acknowledgedBy")).ShouldBe((200, "ACKNOWLEDGED", "ada"));
        (await api.Post("alerts/1/unacknowledge")).At("alert.status").ShouldBe("ACTIVE");
        Answer suppressed = await api.Post("alerts/1/suppress", """{"by":"ada","for":"2h","reason":"Planned database maintenance"}""");
        (suppressed.At("alert.status"), suppressed.At("alert.suppressedUntil")).ShouldBe(("SUPPRESSED", "2026-01-02T05:04:05+00:00"));
        (await api.Post("alerts/1/unsuppress")).At("alert.status").ShouldBe("ACTIVE");
        Answer resolved = await api.Post("alerts/1/resolve", """{"by":"ada","notes":"Added index"}""");
        (resolved.At("alert.status"), resolved.At("alert.endsAt")).ShouldBe(("RESOLVED", "2026-01-02T03:04:05+00:00"));
        (await api.Get("alerts/1")).Json.GetProperty("history").EnumerateArray()
            .Select(t => $"{t.GetProperty("action")} {t.GetProperty("by")}").ShouldBe(
                ["opened api", "acknowledged ada", "unacknowledged api", "suppressed ada", "unsuppressed api", "resolved ada"]);

        await api.Post("alerts", """{"type":"short","title":"t","message":"m","resource":"r","expiresIn":"10m"}""");
        api.Desk.Clock.Advance(TimeSpan.FromMinutes(10));
        (await api.Get("alerts/2")).At("alert.status").ShouldBe("EXPIRED");
        (await api.Get("alerts?status=EXPIRED")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_the_state_does_not_allow_is_refused_with_the_state()
    {
        await using ApiDesk api = await ApiDesk.Start();
        await api.Post("alerts", SlowQuery);
        await api.Post("alerts/1/resolve");
        Answer refused = await api.Post("alerts/1/acknowledge");
        (refused.Status, refused.MediaType, refused.At("current")).ShouldBe((409, "application/problem+json", "RESOLVED"));
        refused.At("detail").ShouldBe("Alert 1 is RESOLVED: acknowledge is not possible.");
    }

    [Fact]
    public async Task An_alert_nobody_knows_is_not_found()
    {
        await using ApiDesk api = await ApiDesk.Start();
        foreach (Answer answer in new[] { await api.Get("alerts/42"), await api.Post("alerts/42/resolve") })
            (answer.Status, answer.At("detail")).ShouldBe((404, "There is no alert 42."));
        (await api.Get("alerts/99999999999999999999")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("""{"priority":"URGENT"}""", "priority: 'URGENT' is not known; expected one of CRITICAL, HIGH, MEDIUM, LOW.")]
    [InlineData("""{"priority":"4"}""", "priority: '4' is not known")]
    [InlineData("""{"category":"WEATHER"}""", "category: 'WEATHER' is not known; expected one of SYSTEM, DATABASE, APPLICATION, PERFORMANCE, SECURITY, BUSINESS, AVAILABILITY.")]
    [InlineData("""{"type":"Slow Query"}""", "type: 'Slow Query' is not a name; expected snake_case")]
    [InlineData("""{"title":null}""", "title: it is missing; expected text.")]
    [InlineData("""{"title":"  "}""", "title: it is empty; expected text.")]
    [InlineData("""{"title":7}""", "title: its value does not fit (line 1, byte 31); expected text.")]
    [InlineData("""{"message":"a\u0000b"}""", "message: it contains control characters")]
    [InlineData("""{"affectedUsers":-1}""", "affectedUsers: it is -1; expected 0 or more.")]
    [InlineData("""{"affectedUsers":1.5}""", "affectedUsers: its value does not fit (line 1, byte 21); expected a whole number.")]
    [InlineData("""{"expiresIn":"soon"}""", "expiresIn: 'soon' is not a duration; expected a duration such as 30s")]
    [InlineData("""{"expiresIn":"9999d"}""", "expiresIn: '9999d' is too long; expected at most 365 days.")]
    [InlineData("""{"runbookUrl":"javascript:alert(1)"}""", "runbookUrl: 'javascript:alert(1)' is not a web address")]
    [InlineData("""{"at":"yesterday"}""", "at: its value does not fit (line 1, byte 18); expected a time such as 2026-01-02T03:04:05Z.")]
    [InlineData("""{"labels":{"":"x"}}""", "labels.: it is empty")]
    [InlineData("""{"labels":["x"]}""", "expected a JSON object.")]
    [InlineData("""{"labels":{"a":1}}""", "labels.a: its value does not fit")]
    [InlineData("""{"recommendations":[null]}""", "recommendations[0]: it is missing")]
    [InlineData("""{"relatedLogs":[{"time":"2026-01-02T03:04:00Z"}]}""", "relatedLogs[0].level: it is missing")]
    [InlineData("""{"relatedLogs":[null]}""", "relatedLogs[0]: it is null")]
    [InlineData("""{"metric":"cpu_percent"}""", "currentValue: it is missing; expected a number. thresholdValue: it is missing; expected a number.")]
    [InlineData("""{"metric":"cpu percent","currentValue":1,"thresholdValue":2}""", "metric: 'cpu percent' is not a metric's name")]
    [InlineData("""{"metric":"cpu_percent","currentValue":1e999,"thresholdValue":2}""", "currentValue: it is too large; expected a number.")]
    [InlineData("""{"type":"threshold"}""", "metric: it is missing")]
    public async Task A_wrong_field_is_named_with_what_was_expected(string wrong, string expected)
    {
        await using ApiDesk api = await ApiDesk.Start();
        var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(
            """{"type":"slow_query","title":"t","message":"m","resource":"r"}""")!;
        foreach ((string name, JsonElement value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(wrong)!)
            fields[name] = value;
        string json = fields.ContainsKey("at") || wrong.Contains("1.5") ? wrong : JsonSerializer.Serialize(fields);
        Answer answer = await api.Post("alerts", json);
        (answer.Status, answer.MediaType).ShouldBe((400, "application/problem+json"));
        answer.At("detail").ShouldContain(expected);
        answer.Json.GetProperty("errors").EnumerateArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        await using ApiDesk api = await ApiDesk.Start();
        Answer answer = await api.Post("alerts");
        answer.Json.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("where").GetString())
            .ShouldBe(["resource", "type", "title", "message"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("{", "body: it is not valid JSON (line 1, byte 2)")]
    [InlineData("[]", "body: its value does not fit (line 1, byte 2); expected a JSON object.")]
    [InlineData("null", "body: it is null; expected a JSON object.")]
    [InlineData("{\"title\":\"\\ud800\"}", "title: its value does not fit (line 1, byte 18); expected text.")]
    [InlineData("{\"metadata\":{\"a\":1,}}", "it is not valid JSON")]
    public async Task What_is_not_json_is_told_where(string body, string expected)
    {
        await using ApiDesk api = await ApiDesk.Start();
        Answer answer = await api.Post("alerts", body);
        answer.Status.ShouldBe(400);
        answer.At("detail").ShouldContain(expected);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_even_where_any_value_may_stand()
    {
        await using ApiDesk api = await ApiDesk.Start();
        using var content = new ByteArrayContent([.. "{\"metadata\":{\"a\":\""u8, 0xC5, .. "\"}}"u8]);
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await api.Client.PostAsync("alerts", content, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("it is not UTF-8");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_form_of_another_site_cannot_post(string? contentType)
    {
        await using ApiDesk api = await ApiDesk.Start();
        (await api.Post("alerts", SlowQuery, contentType)).Status.ShouldBe(415);
        (await api.Post("alerts/1/resolve", "", contentType)).Status.ShouldBe(415);
    }

    [Fact]
    public async Task What_is_too_large_is_refused_before_it_is_read_whole()
    {
        await using ApiDesk api = await ApiDesk.Start();
        (await api.Post("alerts", new string(' ', AlertLimits.RequestBytes + 1))).Status.ShouldBe(413);
        using var endless = new StreamContent(new MemoryStream(new byte[AlertLimits.RequestBytes * 2]));
        endless.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "alerts") { Content = endless };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage response = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(413);
    }

    [Theory]
    [InlineData("status=BROKEN", "status: 'BROKEN' is not known; expected one of ACTIVE, ACKNOWLEDGED, SUPPRESSED, RESOLVED, EXPIRED.")]
    [InlineData("priority=P1", "priority: 'P1' is not known")]
    [InlineData("limit=0", "limit: '0' is not possible; expected a whole number from 1 to 500.")]
    [InlineData("limit=501", "limit: '501' is not possible")]
    [InlineData("limit=ten", "limit: 'ten' is not possible")]
    [InlineData("cursor=there", "cursor: 'there' is not a place in the list; expected the value of next")]
    public async Task A_wrong_parameter_is_named(string query, string expected)
    {
        await using ApiDesk api = await ApiDesk.Start();
        Answer answer = await api.Get($"alerts?{query}");
        answer.Status.ShouldBe(400);
        answer.At("detail").ShouldContain(expected);
    }

    [Fact]
    public async Task Wrong_actions_are_named()
    {
        await using ApiDesk api = await ApiDesk.Start();
        await api.Post("alerts", SlowQuery);
        (await api.Post("alerts/1/suppress", """{"for":"forever"}""")).At("detail").ShouldContain("for: 'forever' is not a duration");
        (await api.Post("alerts/1/suppress", """{"for":"31d"}""")).At("detail").ShouldContain("at most 30 days");
        (await api.Post("alerts/1/acknowledge", $$"""{"notes":"{{new string('n', 5000)}}"}""")).At("detail").ShouldContain("notes: it has 5000 characters");
        (await api.Get("alerts/1")).At("alert.status").ShouldBe("ACTIVE");
    }

    [Theory]
    [InlineData("'; DROP TABLE alerts; --")]
    [InlineData("100%_\\")]
    [InlineData("Robert\"); DELETE FROM alerts WHERE (\"1\"=\"1")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("${jndi:ldap://x}")]
    [InlineData("日本語 🚒 e\u0301 \u202Eright-to-left")]
    public async Task Hostile_text_is_kept_and_found_as_the_text_it_is(string text)
    {
        await using ApiDesk api = await ApiDesk.Start();
        string json = JsonSerializer.Serialize(new
        {
            type = "note", title = text, message = text, resource = text, by = text, key = text,
            metadata = new Dictionary<string, string> { [text] = text }, labels = new { service = text },
        });
        (await api.Post("alerts", json)).Status.ShouldBe(201);
        await api.Post("alerts", """{"type":"note","title":"other","message":"100 x","resource":"r"}""");
        await api.Post("alerts/1/acknowledge", JsonSerializer.Serialize(new { by = text, notes = text }));
        Answer story = await api.Get("alerts/1");
        (story.At("alert.title"), story.At("alert.labels.service"), story.At("alert.acknowledgedBy")).ShouldBe((text, text, text));
        story.Alert.GetProperty("metadata").GetProperty(text).GetString().ShouldBe(text);
        foreach (string parameter in new[] { "q", "service" })
        {
            Answer found = await api.Get($"alerts?{parameter}={Uri.EscapeDataString(text)}");
            found.Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetInt64().ShouldBe(1);
        }
    }

    [Fact]
    public async Task The_patterns_of_a_week_are_told()
    {
        await using ApiDesk api = await ApiDesk.Start();
        foreach (string resource in new[] { "a", "b", "c" })
            await api.Desk.Raise(Some.Proposal(resource) with { Type = "database_slow_query" });
        await api.Desk.Raise(Some.Proposal("d"));
        api.Desk.Clock.Advance(TimeSpan.FromMinutes(6));
        await api.Post("alerts/1/acknowledge");
        api.Desk.Clock.Advance(TimeSpan.FromMinutes(24));
        await api.Post("alerts/1/resolve");
        Answer week = await api.Get("alerts/patterns?days=7");
        week.Text.ShouldBe(
            """
            {"days":7,"totalAlerts":4,"mostCommonType":"database_slow_query","peakHour":3,"avgResolutionTimeMinutes":30,
            "avgAcknowledgeTimeMinutes":6,"typeDistribution":{"database_slow_query":3,"high_cpu":1},
            "hourlyDistribution":[0,0,0,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}
            """.Replace("\n", ""));
        api.Desk.Clock.Advance(TimeSpan.FromDays(8));
        (await api.Get("alerts/patterns")).At("totalAlerts").ShouldBe("0");
        (await api.Get("alerts/patterns?days=-1")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_full_disk_is_said_and_reading_goes_on()
    {
        await using ApiDesk api = await ApiDesk.Start();
        await api.Post("alerts", SlowQuery);
        await api.Desk.Catalog.Write(tx => Dapper.SqlMapper.Execute(tx.Connection, "PRAGMA max_page_count = 1"));
        Answer refused = await api.Post("alerts", SlowQuery.Replace("bookings table", new string('x', 300)).Replace("5.23", new string('9', 15_000)));
        refused.Status.ShouldBe(503);
        refused.At("detail").ShouldContain("disk");
        (await api.Get("alerts")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_description_of_the_api_names_every_route_and_its_words()
    {
        await using ApiDesk api = await ApiDesk.Start();
        using HttpResponseMessage response = await api.Client.GetAsync(
            new Uri(api.Client.BaseAddress!, "/openapi/v1.json"), TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonElement paths = JsonDocument.Parse(text).RootElement.GetProperty("paths");
        paths.EnumerateObject().Select(p => p.Name["/api/tocsin/v1/".Length..]).ShouldBe(
            [
                "alerts", "alerts/patterns", "alerts/{id}", "alerts/{id}/acknowledge", "alerts/{id}/unacknowledge",
                "alerts/{id}/resolve", "alerts/{id}/suppress", "alerts/{id}/unsuppress",
            ],
            ignoreOrder: true);
        text.ShouldContain("AlertRequest");
        text.ShouldContain("ACKNOWLEDGED");
    }
}
