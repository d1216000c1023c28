using System.Text.Json;

namespace Tocsin.Server.Tests;

/// <summary>Compares answers with what an OpenAPI document says of them.</summary>
internal sealed class OpenApiAnswers(JsonElement document)
{
    private const string Prefix = "#/components/schemas/", Own = "/api/tocsin/v1/";

    /// <summary>What an answer to a GET has that it should not have, or the other way round.</summary>
    public IEnumerable<string> Faults(string path, JsonElement answer)
    {
        string[] steps = (Own + path.Split('?')[0]).Split('/');
        JsonProperty found = document.GetProperty("paths").EnumerateObject().FirstOrDefault(known => IsAt(known.Name.Split('/'), steps));
        return found.Value.ValueKind == JsonValueKind.Undefined ? [] : Faults(
            found.Value.GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json")
                .GetProperty("schema"), answer, "$");
    }

    private static bool IsAt(string[] known, string[] steps) =>
        known.Length == steps.Length && known.Zip(steps).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));

    private IEnumerable<string> Faults(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("$ref", out JsonElement name))
            return Faults(document.GetProperty("components").GetProperty("schemas").GetProperty(name.GetString()![Prefix.Length..]), value, at);
        string type = schema.TryGetProperty("type", out JsonElement said) ? said.ToString() : "";
        bool fits = type switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" or "number" => value.ValueKind == JsonValueKind.Number,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "array" => value.ValueKind == JsonValueKind.Array,
            "object" => value.ValueKind == JsonValueKind.Object,
            _ => true,
        };
        if (!fits)
            return [$"{at} is {value.ValueKind}, not {type}"];
        if (type == "array" && schema.TryGetProperty("items", out JsonElement items))
            return value.EnumerateArray().SelectMany((item, i) => Faults(items, item, $"{at}[{i}]"));
        return type == "object" && schema.TryGetProperty("properties", out JsonElement members) ? OfMembers(schema, members, value, at) : [];
    }

    private IEnumerable<string> OfMembers(JsonElement schema, JsonElement members, JsonElement value, string at)
    {
        foreach (JsonElement name in schema.TryGetProperty("required", out JsonElement required) ? required.EnumerateArray() : default)
        {
            if (!value.TryGetProperty(name.GetString()!, out _))
                yield return $"{at}.{name} is missing";
        }
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (!members.TryGetProperty(member.Name, out JsonElement known))
                yield return $"{at}.{member.Name} is not in the document";
            foreach (string fault in known.ValueKind == JsonValueKind.Undefined ? [] : Faults(known, member.Value, $"{at}.{member.Name}"))
                yield return fault;
        }
    }
}
