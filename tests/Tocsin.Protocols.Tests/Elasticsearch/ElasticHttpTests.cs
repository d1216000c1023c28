using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tocsin.Model;

namespace Tocsin.Protocols.Tests.Elasticsearch;

/// <summary>Headers, media types, bulk and the questions that clients ask before they begin.</summary>
public sealed class ElasticHttpTests
{
    private const string Vendor = "application/vnd.elasticsearch+json; compatible-with=8";

    [Fact]
    public async Task Every_answer_names_the_product_and_speaks_the_media_type_of_the_client()
    {
        await using Host host = await Host.Start();
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])
            [
                (HttpMethod.Get, ""), (HttpMethod.Head, ""), (HttpMethod.Get, "/"), (HttpMethod.Get, "/_cluster/health"), (HttpMethod.Get, "/_cluster/health/logs"),
                (HttpMethod.Head, "/logs"), (HttpMethod.Get, "/logs/_search"), (HttpMethod.Post, "/_search"), (HttpMethod.Get, "/_count"),
                (HttpMethod.Get, "/logs/_mapping"), (HttpMethod.Get, "/_field_caps"), (HttpMethod.Get, "/_cat/indices"), (HttpMethod.Get, "/_license"),
            ])
        {
            (HttpResponseMessage answer, string body) = await Send(host, method, path, null, Vendor);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            answer.Headers.GetValues("X-Elastic-Product").ShouldBe(["Elasticsearch"], path);
            answer.Content.Headers.ContentType!.ToString().ShouldBe("application/vnd.elasticsearch+json; compatible-with=8", path);
            if (method != HttpMethod.Head)
                JsonDocument.Parse(body).Dispose();
        }
        (HttpResponseMessage plain, _) = await Send(host, HttpMethod.Get, "/_count", null, "*/*");
        plain.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (HttpResponseMessage table, string text) = await Send(host, HttpMethod.Get, "/_cat/indices?v", null, "text/plain");
        table.Headers.GetValues("X-Elastic-Product").ShouldBe(["Elasticsearch"]);
        text.ShouldContain("docs.count");
    }

    [Fact]
    public async Task What_is_not_there_is_an_error_in_the_shape_of_Elasticsearch()
    {
        await using Host host = await Host.Start();
        (HttpResponseMessage answer, string body) = await Send(host, HttpMethod.Put, "/_ilm/policy/x", "{}", Vendor);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Contains("X-Elastic-Product").ShouldBeTrue();
        body.ShouldBe("""
            {"error":{"root_cause":[{"type":"illegal_argument_exception","reason":"no handler found for uri [/elasticsearch/_ilm/policy/x] and method [PUT]"}],"type":"illegal_argument_exception","reason":"no handler found for uri [/elasticsearch/_ilm/policy/x] and method [PUT]"},"status":400}
            """);
        (answer, body) = await Send(host, HttpMethod.Post, "/logs/_search?scroll=1m", "{}", Vendor);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldContain("[scroll] is not supported");
    }

    [Fact]
    public async Task A_bulk_tells_what_became_of_every_document()
    {
        await using Host host = await Host.Start();
        string now = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.ffffff");
        (HttpResponseMessage answer, string body) = await Send(host, HttpMethod.Post, "/shop/_bulk", $$$"""
            {"create":{"_id":"a"}}
            {"timestamp":"{{{now}}}","level":"ERROR","message":"payment failed","exception":{"type":"IOError"},"user_id":"u1"}
            {"index":{"_index":"other"}}
            {"@timestamp":"{{{now}}}","log.level":"info","message":"fine","trace_id":"0af7651916cd43dd8448eb211c80319c","service":"api"}
            {"index":{}}
            this is no JSON
            {"update":{"_id":"a"}}
            {"doc":{"level":"INFO"}}
            {"delete":{"_id":"a"}}

            """, Vendor);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement reply = JsonSerializer.Deserialize<JsonElement>(body);
        reply.GetProperty("errors").GetBoolean().ShouldBeTrue();
        JsonElement[] items = [.. reply.GetProperty("items").EnumerateArray().Select(i => i.EnumerateObject().Single().Value)];
        items.Select(i => i.GetProperty("status").GetInt32()).ShouldBe([201, 201, 400, 400, 400]);
        items[0].GetProperty("_id").GetString().ShouldBe("a");
        items[1].GetProperty("_index").GetString().ShouldBe("other");
        items[2].GetProperty("error").GetProperty("reason").GetString().ShouldBe("not a JSON object");
        items[3].GetProperty("error").GetProperty("reason").GetString().ShouldBe("[update] is not supported: what is stored stays as it is");
        host.ShouldBalance();
        IReadOnlyList<string> rows = host.Rows(Dataset.Logs);
        rows.Count.ShouldBe(2);
        rows[0].ShouldContain("\"stream\":{\"elasticsearch.index\":\"shop\"}");
        rows[0].ShouldContain("\"exception\":{\"type\":\"IOError\"}");
        rows[1].ShouldContain("\"elasticsearch.index\":\"other\",\"service.name\":\"api\"");
        (_, body) = await Send(host, HttpMethod.Get, "/_search?q=_index:shop&_source=user_id,level", null, Vendor);
        JsonElement hit = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("hits").GetProperty("hits").EnumerateArray().ShouldHaveSingleItem();
        hit.GetProperty("_index").GetString().ShouldBe("shop");
        hit.GetProperty("_source").GetRawText().ShouldBe("""{"level":"ERROR","user_id":"u1"}""");
    }

    [Theory]
    [InlineData("{\"index\":{}}\n", "The bulk request must have a document behind the action of line [1]")]
    [InlineData("{\"message\":\"x\"}\n", "Malformed action/metadata line [1]")]
    [InlineData("{\"index\":{}}\n{\"message\":\"x\"}\nnonsense\n", "Malformed action/metadata line [3]")]
    public async Task A_bulk_that_cannot_be_told_apart_is_refused_whole(string body, string reason)
    {
        await using Host host = await Host.Start();
        (HttpResponseMessage answer, string reply) = await Send(host, HttpMethod.Post, "/_bulk", body, Vendor);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        reply.ShouldContain(reason);
        host.Rows(Dataset.Logs).ShouldBeEmpty();
        host.ShouldBalance();
    }

    [Fact]
    public async Task A_full_disk_is_told_so_that_the_client_comes_again()
    {
        await using Host host = await Host.Start(append: (_, _) => new(Storage.AppendResult.DiskFull));
        (HttpResponseMessage answer, string body) = await Send(host, HttpMethod.Post, "/_bulk", "{\"index\":{}}\n{\"message\":\"x\"}\n", Vendor);
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        body.ShouldContain("es_rejected_execution_exception");
    }

    [Fact]
    public async Task One_document_is_stored_by_itself()
    {
        await using Host host = await Host.Start();
        (HttpResponseMessage answer, string body) = await Send(host, HttpMethod.Post, "/shop/_doc", """{"message":"alone","n":1.5}""", Vendor);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        body.ShouldContain("\"result\":\"created\"");
        (answer, body) = await Send(host, HttpMethod.Post, "/shop/_doc", "no", Vendor);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldContain("document_parsing_exception");
        (_, body) = await Send(host, HttpMethod.Get, "/_mapping", null, Vendor);
        JsonElement properties = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("logs").GetProperty("mappings").GetProperty("properties");
        properties.GetProperty("n").GetProperty("type").GetString().ShouldBe("double");
        properties.GetProperty("timestamp").GetProperty("type").GetString().ShouldBe("date");
        (_, body) = await Send(host, HttpMethod.Get, "/shop/_field_caps?fields=n,mess*", null, Vendor);
        JsonSerializer.Deserialize<JsonElement>(body).GetProperty("fields").EnumerateObject().Select(f => f.Name).ShouldBe(["message", "n"]);
    }

    [Fact]
    public async Task A_search_in_many_is_answered_by_itself()
    {
        await using Host host = await Host.Start();
        await Send(host, HttpMethod.Post, "/_bulk", "{\"index\":{}}\n{\"message\":\"x\",\"level\":\"warn\"}\n", Vendor);
        (_, string body) = await Send(host, HttpMethod.Post, "/_msearch?typed_keys=true&rest_total_hits_as_int=true", """
            {"index":"logs"}
            {"size":0,"aggs":{"l":{"terms":{"field":"level"}},"d":{"date_histogram":{"field":"timestamp","fixed_interval":"1d"}}}}
            {}
            {"query":{"nonsense":{}}}
            {"search_type":"query_then_fetch","ignore_unavailable":true,"index":["a","b"]}
            {"query":{"match":{"message":"x"}}}

            """, Vendor);
        JsonElement[] answers = [.. JsonSerializer.Deserialize<JsonElement>(body).GetProperty("responses").EnumerateArray()];
        answers.Select(a => a.GetProperty("status").GetInt32()).ShouldBe([200, 400, 200]);
        answers[0].GetProperty("hits").GetProperty("total").GetInt32().ShouldBe(1);
        answers[0].GetProperty("aggregations").EnumerateObject().Select(a => a.Name).ShouldBe(["sterms#l", "date_histogram#d"]);
        answers[0].GetProperty("aggregations").GetProperty("sterms#l").GetProperty("buckets")[0].GetRawText().ShouldBe("""{"key":"WARN","doc_count":1}""");
        answers[2].GetProperty("hits").GetProperty("hits")[0].GetProperty("_source").GetProperty("message").GetString().ShouldBe("x");
        (HttpResponseMessage odd, body) = await Send(host, HttpMethod.Post, "/_msearch", "{}\n", Vendor);
        odd.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldContain("line 1: a search is missing behind its header");
    }

    private static async Task<(HttpResponseMessage Answer, string Body)> Send(Host host, HttpMethod method, string path, string? body, string accept)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(host.Http, "/elasticsearch" + path));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(
                path.Contains("_bulk") || path.Contains("_msearch") ? "application/vnd.elasticsearch+x-ndjson; compatible-with=8" : Vendor);
        }
        HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
