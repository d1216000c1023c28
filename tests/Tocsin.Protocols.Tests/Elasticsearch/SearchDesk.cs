using System.Text;
using System.Text.Json;
using Tocsin.Model.Metrics;
using Tocsin.Protocols.Elasticsearch;
using Tocsin.Protocols.Elasticsearch.Searches;
using Tocsin.Query.Records;
using Tocsin.Storage;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Elasticsearch;

/// <summary>Searches as JSON in, JSON out, over a store in memory.</summary>
internal sealed class SearchDesk : IDisposable
{
    private static readonly JsonSerializerOptions s_deep = new() { MaxDepth = 256 };

    private readonly Database _database;
    private readonly SearchAnswer _answer;

    /// <param name="sealFirst">So many of the documents lie in a segment, the others in memory.</param>
    public SearchDesk(IReadOnlyList<SomeDocument> documents, int sealFirst = 0)
    {
        _database = Database.Open(
            new DatabaseOptions { Directory = "/data", MinFreeBytes = 0 }, new MemoryFileSystem(), Clock, new MetricSet());
        Search = new RecordSearch(_database);
        _answer = new SearchAnswer(Search);
        Append(documents.Take(sealFirst));
        _database.Seal(CancellationToken.None);
        Append(documents.Skip(sealFirst));
    }

    public FakeClock Clock { get; } = new();

    public RecordSearch Search { get; }

    /// <summary>The answer, or {"error", "status"}.</summary>
    public JsonElement Run(string body) => Run(Encoding.UTF8.GetBytes(body));

    public JsonElement Run(byte[] body)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            try
            {
                SearchRequest request = SearchRequest.Read(ElasticBody.Parse(body), null, Clock);
                json.WriteStartObject();
                _answer.Write(json, request, new AnswerStyle(false, false), CancellationToken.None);
                json.WriteEndObject();
            }
            catch (ElasticException wrong)
            {
                json.Reset();
                buffer.SetLength(0);
                wrong.Write(json);
            }
        }
        return JsonSerializer.Deserialize<JsonElement>(buffer.ToArray(), s_deep);
    }

    /// <summary>Numbers of the found documents, in order.</summary>
    public int[] Numbers(string body)
    {
        JsonElement answer = Run(body);
        answer.TryGetProperty("error", out JsonElement error).ShouldBeFalse($"{body}: {error}");
        return [.. answer.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(h => h.GetProperty("_source").GetProperty("n").GetInt32())];
    }

    public int[] Find(string query) => Numbers($$"""{"size":10000,"query":{{query}},"_source":["n"]}""");

    public string Aggregate(string aggregation, string query = """{"match_all":{}}""")
    {
        JsonElement answer = Run($$$"""{"size":0,"query":{{{query}}},"aggs":{"a":{{{aggregation}}}}}""");
        return answer.TryGetProperty("error", out JsonElement error)
            ? error.GetProperty("reason").GetString()!
            : answer.GetProperty("aggregations").GetProperty("a").GetRawText();
    }

    public string Refusal(string body)
    {
        JsonElement answer = Run(body);
        answer.TryGetProperty("error", out JsonElement error).ShouldBeTrue(body);
        return $"{answer.GetProperty("status")} {error.GetProperty("type").GetString()}: {error.GetProperty("reason").GetString()}";
    }

    public void Dispose() => _database.Dispose();

    private void Append(IEnumerable<SomeDocument> documents)
    {
        SomeLog[] logs = [.. documents.Select(d => d.Log)];
        if (logs.Length > 0)
            _database.Append(Some.Batch(logs), CancellationToken.None).AsTask().GetAwaiter().GetResult().ShouldBe(AppendResult.Stored);
    }
}
