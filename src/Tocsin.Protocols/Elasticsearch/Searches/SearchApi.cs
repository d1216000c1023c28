using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch.Searches;

/// <summary>_search, _msearch and _count.</summary>
internal sealed class SearchApi(RecordSearch search, IngestPipeline pipeline, TimeProvider clock)
{
    /// <summary>Searches of one _msearch: dashboards have dozens.</summary>
    private const int MostSearches = 256;

    private readonly SearchAnswer _answer = new(search);

    public Task Search(HttpContext http) => WithBody(http, body => ElasticReply.Object(http, json =>
    {
        if (http.Request.Query.ContainsKey("scroll"))
            throw ElasticException.Argument("[scroll] is not supported; go on with search_after");
        SearchRequest request = SearchRequest.Read(ElasticBody.Parse(body.Span), http.Request.Query, clock);
        _answer.Write(json, request, Style(http), http.RequestAborted);
    }));

    public Task Count(HttpContext http) => WithBody(http, body => ElasticReply.Object(http, json =>
    {
        Condition where = SearchRequest.ReadCount(ElasticBody.Parse(body.Span), http.Request.Query, clock);
        (long count, bool partial) = search.Count(where, http.RequestAborted);
        json.WriteNumber("count", count);
        SearchAnswer.WriteShards(json, partial);
    }));

    /// <summary>Pairs of lines: a header, which may be empty, and a search. One bad search is one bad answer.</summary>
    public Task MultiSearch(HttpContext http) => WithBody(http, body => ElasticReply.Object(http, json =>
    {
        json.WriteStartArray("responses");
        var lines = new Lines(body.Span);
        for (int count = 1; lines.Next(); count++)
        {
            if (count > MostSearches)
                throw ElasticException.Argument($"at most {MostSearches} searches at a time");
            ElasticBody.Parse(lines.Current);
            if (!lines.Next())
                throw ElasticException.Argument($"line {lines.Number}: a search is missing behind its header");
            One(http, json, lines.Current);
        }
        json.WriteEndArray();
    }));

    private void One(HttpContext http, Utf8JsonWriter json, ReadOnlySpan<byte> body)
    {
        SearchAnswerText answer;
        try
        {
            SearchRequest request = SearchRequest.Read(ElasticBody.Parse(body), null, clock);
            answer = SearchAnswerText.Of(one => _answer.Write(one, request, Style(http), http.RequestAborted));
        }
        catch (ElasticException wrong)
        {
            wrong.Write(json);
            return;
        }
        answer.CopyTo(json);
    }

    private static AnswerStyle Style(HttpContext http) =>
        new(Flag(http, "typed_keys"), Flag(http, "rest_total_hits_as_int"));

    private static bool Flag(HttpContext http, string name) =>
        http.Request.Query.TryGetValue(name, out var value) && value.ToString() is "" or "true";

    private async Task WithBody(HttpContext http, Func<ReadOnlyMemory<byte>, Task> answer)
    {
        ReadOnlyMemory<byte> body;
        try
        {
            body = await ElasticBody.Bytes(http, pipeline).ConfigureAwait(false);
        }
        catch (ElasticException wrong)
        {
            await ElasticReply.Error(http, wrong).ConfigureAwait(false);
            return;
        }
        await answer(body).ConfigureAwait(false);
    }
}

/// <summary>One answer of many, kept apart until it is known to be whole.</summary>
internal readonly struct SearchAnswerText
{
    private readonly byte[] _json;

    private SearchAnswerText(byte[] json) => _json = json;

    public static SearchAnswerText Of(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, ElasticReply.Writing))
        {
            json.WriteStartObject();
            write(json);
            json.WriteNumber("status", StatusCodes.Status200OK);
            json.WriteEndObject();
        }
        return new SearchAnswerText(buffer.ToArray());
    }

    public void CopyTo(Utf8JsonWriter json) => json.WriteRawValue(_json, skipInputValidation: true);
}
