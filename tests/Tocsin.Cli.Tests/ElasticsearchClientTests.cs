using System.Text.Json;
using Tocsin.Protocols.Tests;
using Tocsin.Testing.Processes;

namespace Tocsin.Cli.Tests;

/// <summary>The real Elasticsearch client for Node.js (tests/clients/elastic-node), unmodified, against a real server process.</summary>
public sealed class ElasticsearchClientTests
{
    private const int Documents = 2500;

    [Fact]
    public async Task The_client_stores_searches_counts_and_pages()
    {
        string client = await NodeClient.Installed("elastic-node");
        using var place = new ServerPlace();
        await using ServerProcess server = await ServerProcess.Start(place);
        DateTime to = DateTime.UtcNow.AddMinutes(-1), from = to.AddHours(-24);
        Written[] written = Write(from, to);
        string file = Path.Combine(place.Folder, "documents.ndjson");
        await File.WriteAllLinesAsync(file, written.Select(w => w.Json), TestContext.Current.CancellationToken);

        (int exit, string output) = await NodeClient.Run(
            "node", client, ["analyzer.mjs", server.Url + "/elasticsearch", file, Iso(from), Iso(to)]);
        exit.ShouldBe(0, output);
        JsonElement found = JsonSerializer.Deserialize<JsonElement>(output.Split('\n').First(l => l.StartsWith('{')));

        found.GetProperty("version").GetString()!.ShouldStartWith("8.");
        found.GetProperty("health").GetString().ShouldBe("green");
        found.GetProperty("exists").GetBoolean().ShouldBeTrue();
        found.GetProperty("stored").GetRawText().ShouldBe($$"""{"errors":false,"created":{{Documents}}}""");
        found.GetProperty("mixed").GetRawText().ShouldBe(
            """{"errors":true,"items":[["index",201,null],["index",400,"document_parsing_exception"],["delete",400,"illegal_argument_exception"]]}""");

        Written[] errors = [.. written.Where(w => w.Level == "ERROR").OrderByDescending(w => w.Time)];
        errors.Length.ShouldBeGreaterThan(300);
        ShouldBeTheErrors(found.GetProperty("search"), errors);
        string trend = Trend(errors);
        found.GetProperty("trend").GetRawText().ShouldBe(trend);
        found.GetProperty("oldTrend").GetRawText().ShouldBe(trend);
        ShouldBeTheRest(found, written, errors);
    }

    private static void ShouldBeTheErrors(JsonElement search, Written[] errors)
    {
        search.GetProperty("total").GetRawText().ShouldBe($$"""{"value":{{errors.Length}},"relation":"eq"}""");
        JsonElement[] hits = [.. search.GetProperty("hits").EnumerateArray()];
        hits.Select(h => h.GetProperty("request_id").GetString()).ShouldBe(errors.Select(e => e.RequestId));
        JsonElement newest = hits[0];
        newest.GetProperty("level").GetString().ShouldBe("ERROR");
        newest.GetProperty("message").GetString().ShouldBe(errors[0].Message);
        newest.GetProperty("timestamp").GetString()!.ShouldStartWith(Iso(errors[0].Time));
        newest.GetProperty("line").GetInt32().ShouldBe(42);
        newest.GetProperty("exception").GetRawText().ShouldBe("""{"type":"IOError","message":"no route","traceback":["a","b"]}""");
        newest.GetProperty("service").GetString().ShouldBe(errors[0].Service);
        JsonElement hit = search.GetProperty("first");
        hit.GetProperty("_index").GetString().ShouldBe("ada-logs-2026");
        hit.GetProperty("sort")[0].GetInt64().ShouldBe(new DateTimeOffset(errors[0].Time, TimeSpan.Zero).ToUnixTimeMilliseconds());
    }

    private static void ShouldBeTheRest(JsonElement found, Written[] written, Written[] errors)
    {
        found.GetProperty("count").GetInt32().ShouldBe(written.Count(w => w.Message.Contains("payment")));
        JsonElement many = found.GetProperty("many");
        JsonElement[] services = [.. many[0].GetProperty("aggregations").GetProperty("services").GetProperty("buckets").EnumerateArray()];
        services.Select(s => (s.GetProperty("key").GetString(), s.GetProperty("doc_count").GetInt32())).ShouldBe(
            errors.GroupBy(e => e.Service).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => ((string?)g.Key, g.Count())));
        int[] took = [.. errors.Where(e => e.Service == services[0].GetProperty("key").GetString()).Select(e => e.Took).Order()];
        services[0].GetProperty("slow").GetProperty("values").GetProperty("50.0").GetDouble().ShouldBe(took[(int)Math.Ceiling(took.Length / 2.0) - 1]);
        many[1].GetProperty("status").GetInt32().ShouldBe(400);
        many[1].GetProperty("error").GetProperty("reason").GetString().ShouldBe("[query] does not support query [fuzzy]");
        many[2].GetProperty("hits").GetProperty("total").GetProperty("value").GetInt32().ShouldBe(errors.Length);
        // The documents, and the one that was stored by itself at the very end of the range.
        found.GetProperty("paged").GetRawText().ShouldBe($$"""{"rows":{{Documents + 1}},"different":{{Documents + 1}}}""");
        found.GetProperty("helped").GetRawText().ShouldBe("""{"successful":1,"failed":0}""");
        found.GetProperty("helperHit").GetProperty("level").GetString().ShouldBe("WARNING");
        found.GetProperty("helperHit").GetProperty("user").GetRawText().ShouldBe("""{"id":7}""");
        JsonElement refused = found.GetProperty("refused");
        refused.GetProperty("known").GetBoolean().ShouldBeTrue();
        refused.GetProperty("status").GetInt32().ShouldBe(400);
        refused.GetProperty("error").GetProperty("reason").GetString().ShouldBe("[query.bool.must[1]] does not support query [geo_distance]");
    }

    /// <summary>Every hour from the first with an error to the last, those without included.</summary>
    private static string Trend(Written[] errors)
    {
        Dictionary<DateTime, int> hours = errors.GroupBy(e => e.Time.Date.AddHours(e.Time.Hour)).ToDictionary(g => g.Key, g => g.Count());
        var buckets = new List<string>();
        for (DateTime hour = hours.Keys.Min(); hour <= hours.Keys.Max(); hour = hour.AddHours(1))
        {
            long key = new DateTimeOffset(hour, TimeSpan.Zero).ToUnixTimeMilliseconds();
            buckets.Add($$"""{"key_as_string":"{{hour:yyyy-MM-ddTHH:mm:ss.fffZ}}","key":{{key}},"doc_count":{{hours.GetValueOrDefault(hour)}}}""");
        }
        return $"[{string.Join(',', buckets)}]";
    }

    private static Written[] Write(DateTime from, DateTime to)
    {
        var random = new Random(4480);
        var written = new Written[Documents];
        for (int i = 0; i < Documents; i++)
        {
            // Six hours of peace make a gap in the trend; several records share each millisecond.
            double share = random.NextDouble();
            DateTime time = from.AddMilliseconds((int)((to - from).TotalMilliseconds * share) / 50 * 50).AddMicroseconds(random.Next(1000));
            bool quiet = share is > 0.4 and < 0.65;
            string level = random.Next(5) == 0 && !quiet ? "ERROR" : random.Next(2) == 0 ? "INFO" : "WARNING";
            written[i] = new Written(time, level, random.Next(3) == 0 ? $"payment failed for order {i}" : $"served page {i}", $"svc-{random.Next(4)}", random.Next(1000), $"req-{i}");
        }
        return written;
    }

    private static string Iso(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffff");

    private sealed record Written(DateTime Time, string Level, string Message, string Service, int Took, string RequestId)
    {
        public string Json => JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["timestamp"] = Iso(Time), ["level"] = Level, ["logger"] = "ada_app", ["message"] = Message, ["module"] = "app", ["function"] = "run",
            ["line"] = 42, ["service"] = Service, ["took"] = Took, ["request_id"] = RequestId, ["user_id"] = "u1",
        }.Concat(Level == "ERROR"
            ? [new("exception", new Dictionary<string, object> { ["type"] = "IOError", ["message"] = "no route", ["traceback"] = new[] { "a", "b" } })]
            : Enumerable.Empty<KeyValuePair<string, object>>()).ToDictionary(p => p.Key, p => p.Value));
    }
}
