using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tocsin.Protocols.Elasticsearch.Searches;

/// <summary>The members of a search's body and the parameters of its address; what nobody takes from the body is an error.</summary>
internal sealed class SearchParts(ElasticJson body, IQueryCollection? parameters)
{
    // What changes how Elasticsearch works, not what it finds; and highlights, which clients can do without.
    private static readonly HashSet<string> s_ignored = new(StringComparer.Ordinal)
    {
        "timeout", "explain", "version", "seq_no_primary_term", "track_scores", "highlight", "profile", "stats", "terminate_after",
        "indices_boost", "ext", "script_fields", "boost",
    };

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public ElasticJson? Take(string name)
    {
        _taken.Add(name);
        if (Text(name) is { } text)
            return new ElasticJson(JsonSerializer.SerializeToElement(name is "sort" or "_source" or "stored_fields" or "docvalue_fields"
                && text.Contains(',') ? text.Split(',') : (object)text), name);
        return body.IsObject && body.Member(name) is { IsNull: false } value ? value : null;
    }

    public int Int(string name, int otherwise) => Take(name)?.Int(0, int.MaxValue / 2) ?? otherwise;

    /// <summary>A parameter of the address.</summary>
    public string? Text(string name) =>
        parameters is not null && parameters.TryGetValue(name, out var values) && values.Count > 0 ? values.ToString() : null;

    public void NothingElse()
    {
        if (body.Value.ValueKind == JsonValueKind.Undefined)
            return;
        foreach ((string name, ElasticJson value) in body.Members())
        {
            bool empty = value.IsObject && !value.Members().Any() || value.IsNull || value.Value.ValueKind == JsonValueKind.False;
            if (!_taken.Contains(name) && !empty && !s_ignored.Contains(name))
                throw ElasticException.Parsing($"a search does not support [{name}]");
        }
    }
}
