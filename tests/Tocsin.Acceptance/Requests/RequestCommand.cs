using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Spectre.Console;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Requests;

/// <summary>
/// The sample against real PostgreSQL, Redis and a real server: one request is followed through every place it must
/// show in, then the database goes away and comes back, then a request ends the process.
/// </summary>
internal static class RequestCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static async Task<int> Run(string[] arguments)
    {
        if ((PostgresServer.Missing ?? RedisServer.Missing) is { } missing)
        {
            Console.Error.WriteLine(missing);
            return 2;
        }
        await using PostgresServer postgres = await PostgresServer.Start();
        await using RedisServer redis = await RedisServer.Start(open: true);
        await using WebhookReceiver hook = await WebhookReceiver.Start();
        using var place = new ServerPlace($"""
            network: {JsonSerializer.Serialize(new { allow = new[] { "127.0.0.0/8" } })}
            alerts: {JsonSerializer.Serialize(new { rate_limit = new { max_alerts = 10_000 } })}
            channels:
              - name: hook
                kind: webhook
                url: {hook.Url}
            """);
        await using ServerProcess server = await ServerProcess.Start(place);
        using BookingsProcess bookings = await BookingsProcess.Start(server.Url, postgres, redis);
        var findings = new List<Finding>();
        try
        {
            await FollowOne(bookings, server, findings);
            await LoseTheDatabase(bookings, server, hook, postgres, findings);
            await Crash(bookings, server, hook, findings);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or JsonException)
        {
            findings.Add(new Finding("the run itself", false, $"{e.GetType().Name}: {e.Message}"));
        }
        return Print(findings, arguments.Contains("--json"), bookings);
    }

    private static async Task FollowOne(BookingsProcess bookings, ServerProcess server, List<Finding> findings)
    {
        string request = "acc-" + Guid.NewGuid().ToString("N")[..8], trace = Guid.NewGuid().ToString("N");
        using HttpResponseMessage made = await bookings.Send(HttpMethod.Post, "bookings", request, trace,
            new { guest = "Ada", night = "2026-12-24", price = 120 });
        using JsonDocument booking = JsonDocument.Parse(await made.Content.ReadAsStringAsync());
        int id = booking.RootElement.GetProperty("id").GetInt32();
        findings.Add(new Finding("the answer carries the request's id", Header(made, "X-Request-ID") == request, Header(made, "X-Request-ID")));
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage read = await bookings.Send(HttpMethod.Get, $"bookings/{id}", request, trace);
            read.EnsureSuccessStatusCode();
        }
        findings.Add(await Await("file log", () => Task.FromResult(bookings.LogLines().Count(l =>
            l.GetProperty("request_id").GetString() == request && l.GetProperty("trace_id").GetString() == trace
            && l.GetProperty("user_id").GetString() == "ada")), n => n >= 2, "lines with this request, trace and user"));
        findings.Add(await Await("OTLP log on the server", async () =>
            (await server.Get($"logs?q={Uri.EscapeDataString($"trace_id:{trace}")}&from=-1h")).GetProperty("items").GetArrayLength(),
            n => n >= 2, "records of this trace"));
        findings.Add(await Await("trace on the server", async () => await Spans(server, trace), spans =>
            spans.Contains("POST /bookings") && spans.Any(s => s.StartsWith("INSERT", StringComparison.Ordinal)), "spans"));
        findings.Add(await Await("metric with exemplar", async () => (await bookings.Get("metrics", "application/openmetrics-text"))
            .Split('\n').Where(l => l.StartsWith("http_server_request_duration_seconds", StringComparison.Ordinal) && l.Contains("/bookings", StringComparison.Ordinal)).ToArray(),
            lines => lines.Any(l => l.Contains(trace, StringComparison.Ordinal)), "buckets, one naming the trace"));
        findings.Add(await Await("cache metric", () => bookings.Get("metrics"), text =>
            Sample(text, "cache_hits") >= 2 && Sample(text, "cache_misses") >= 1, "hits and misses of Redis"));
        findings.Add(await Await("business metric", () => bookings.Get("metrics"), text => Sample(text, "bookings_made") >= 1, "bookings made"));
        findings.Add(await Await("healthy", () => bookings.Status("health/detailed"), s => s.Code == 200 && s.Body.Contains("database", StringComparison.Ordinal)
            && s.Body.Contains("redis", StringComparison.Ordinal), "PostgreSQL and Redis checked"));
    }

    private static async Task LoseTheDatabase(
        BookingsProcess bookings, ServerProcess server, WebhookReceiver hook, PostgresServer postgres, List<Finding> findings)
    {
        await postgres.Kill();
        string request = "acc-" + Guid.NewGuid().ToString("N")[..8], trace = Guid.NewGuid().ToString("N");
        using HttpResponseMessage failed = await bookings.Send(HttpMethod.Post, "bookings", request, trace,
            new { guest = "Bob", night = "2026-12-24", price = 90 });
        string problem = await failed.Content.ReadAsStringAsync();
        using JsonDocument body = JsonDocument.Parse(problem);
        string crash = body.RootElement.TryGetProperty("crashId", out JsonElement given) ? given.GetString() ?? "" : "";
        findings.Add(new Finding("a failed request answers with its ids", (int)failed.StatusCode == 500 && crash.Length > 0
            && problem.Contains(trace, StringComparison.Ordinal) && problem.Contains(request, StringComparison.Ordinal), problem));
        findings.Add(await Await("the failure is a group on the server, by the same id", async () => await Occurrence(server, crash),
            found => found is not null, "crash record"));
        findings.Add(await Await("unhealthy", () => bookings.Status("health/detailed"), s => s.Code == 503, "503"));
        findings.Add(await Await("the health change reaches the server", async () =>
            (await server.Get($"logs?q={Uri.EscapeDataString("database unhealthy level:error")}&from=-1h")).GetProperty("items").GetArrayLength(),
            n => n >= 1, "ERROR record"));
        findings.Add(await Await("an alert of it is delivered", () => Task.FromResult(hook.Received.Count(r =>
            r.Body.Contains("\"service\":\"bookings\"", StringComparison.Ordinal))), n => n >= 1, "webhook"));
        await postgres.Again();
        findings.Add(await Await("healthy again", () => bookings.Status("health/detailed"), s => s.Code == 200, "200"));
    }

    private static async Task Crash(BookingsProcess bookings, ServerProcess server, WebhookReceiver hook, List<Finding> findings)
    {
        int before = hook.Received.Count;
        string request = "acc-" + Guid.NewGuid().ToString("N")[..8], trace = Guid.NewGuid().ToString("N");
        using HttpResponseMessage accepted = await bookings.Send(HttpMethod.Post, "fail/unhandled", request, trace);
        bookings.AwaitEnd(s_patience);
        findings.Add(await Await("the death is a crash on the server", async () =>
            (await server.Get("crashes?service=bookings&class=unhandled")).GetProperty("items").EnumerateArray()
                .Select(g => g.GetProperty("message").GetString()).ToArray(),
            m => m.Contains("the night audit failed"), "group"));
        findings.Add(await Await("its last records name the request", () => Task.FromResult(bookings.LogLines().Count(l =>
            l.GetProperty("request_id").GetString() == request)), n => n >= 1, "file log lines after the death"));
        findings.Add(await Await("its alert is delivered", () => Task.FromResult(hook.Received.Skip(before)
            .Count(r => r.Body.Contains("night audit", StringComparison.Ordinal))), n => n >= 1, "webhook"));
        findings.Add(await Await("the alert is on the server", async () => (await server.Get("alerts?status=ACTIVE&service=bookings"))
            .GetProperty("items").GetArrayLength(), n => n >= 2, "open alerts"));
    }

    private static async Task<Finding> Await<T>(string what, Func<Task<T>> look, Func<T, bool> good, string unit)
    {
        var waited = Stopwatch.StartNew();
        T seen;
        do
        {
            seen = await look();
            if (good(seen))
                return new Finding(what, true, $"{Short(seen)} {unit}, after {waited.ElapsedMilliseconds} ms");
            await Task.Delay(200);
        }
        while (waited.Elapsed < s_patience);
        return new Finding(what, false, $"{Short(seen)}; expected: {unit}");
    }

    private static string Short<T>(T seen)
    {
        string text = seen switch
        {
            int or null => $"{seen}",
            string[] many => string.Join(", ", many),
            _ => seen.ToString() ?? "",
        };
        return text.Length <= 160 ? text : text[..160] + "...";
    }

    private static async Task<string[]> Spans(ServerProcess server, string trace)
    {
        using HttpResponseMessage answer = await server.Http.GetAsync($"api/tocsin/v1/traces/{trace}");
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return [];
        JsonElement found = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return [.. found.GetProperty("spans").EnumerateArray().Select(s => s.GetProperty("name").GetString()!)];
    }

    private static async Task<string?> Occurrence(ServerProcess server, string crash)
    {
        foreach (JsonElement group in (await server.Get("crashes?service=bookings")).GetProperty("items").EnumerateArray())
        {
            using HttpResponseMessage answer = await server.Http.GetAsync($"api/tocsin/v1/crashes/{group.GetProperty("id")}/events/{crash}");
            if (answer.IsSuccessStatusCode)
                return $"{group.GetProperty("class").GetString()} {group.GetProperty("title").GetString()}";
        }
        return null;
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    /// <summary>The sum of the samples whose name begins so; 0 when there is none.</summary>
    private static double Sample(string text, string name) => text.Split('\n')
        .Where(l => l.StartsWith(name, StringComparison.Ordinal) && !l.Contains("_created", StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    private static int Print(List<Finding> findings, bool json, BookingsProcess bookings)
    {
        bool met = findings.All(f => f.Good);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { findings = findings.Select(f => new { what = f.What, good = f.Good, seen = f.Seen }), met }));
            return met ? 0 : 1;
        }
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("where the request must show", "", "seen");
        foreach (Finding f in findings)
            table.AddRow(Markup.Escape(f.What), f.Good ? "found" : "[red]MISSING[/]", Markup.Escape(f.Seen ?? "nothing"));
        AnsiConsole.Write(table);
        if (!met)
            Console.Error.WriteLine(bookings.Said);
        Console.WriteLine($"{findings.Count(f => f.Good)} of {findings.Count}: {(met ? "MET" : "MISSED")}");
        return met ? 0 : 1;
    }

    private sealed record Finding(string What, bool Good, string? Seen);
}
