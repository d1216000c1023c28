using System.Text;
using System.Text.Json;

namespace Tocsin.Server.Tests;

/// <summary>The schemas of an OpenAPI document as TypeScript: those that answers and orders of our own API are made of, by name.</summary>
internal sealed class TypeScriptTypes
{
    private const string Prefix = "#/components/schemas/", Own = "/api/tocsin/v1/";

    private readonly JsonElement _schemas;
    private readonly SortedSet<string> _used = new(StringComparer.Ordinal);

    private TypeScriptTypes(JsonElement document)
    {
        _schemas = document.GetProperty("components").GetProperty("schemas");
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject().Where(path => path.Name.StartsWith(Own, StringComparison.Ordinal)))
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject())
            {
                Use(operation.Value.TryGetProperty("requestBody", out JsonElement order) ? order : default);
                foreach (JsonProperty answer in operation.Value.GetProperty("responses").EnumerateObject().Where(a => a.Name[0] == '2'))
                    Use(answer.Value);
            }
        }
    }

    public static string Of(JsonElement document)
    {
        var types = new TypeScriptTypes(document);
        var text = new StringBuilder("// Made from the server's OpenAPI document by `dotnet run dev.cs types`; a test fails when it is out of date.\n");
        foreach (string name in types._used)
            text.Append('\n').Append(types.Declaration(name));
        return text.ToString();
    }

    private void Use(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in json.EnumerateArray())
                Use(item);
        }
        if (json.ValueKind != JsonValueKind.Object)
            return;
        if (Reference(json) is { } name)
        {
            if (name != "JsonElement" && _used.Add(name))
                Use(_schemas.GetProperty(name));
            return;
        }
        foreach (JsonProperty member in json.EnumerateObject())
            Use(member.Value);
    }

    private string Declaration(string name)
    {
        JsonElement schema = _schemas.GetProperty(name);
        if (!schema.TryGetProperty("properties", out JsonElement properties))
            return $"export type {name} = {TypeOf(schema)};\n";
        string[] required = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(n => n.GetString()!)] : [];
        var text = new StringBuilder($"export interface {name} {{\n");
        foreach (JsonProperty property in properties.EnumerateObject())
            text.Append($"  {property.Name}{(required.Contains(property.Name) ? "" : "?")}: {TypeOf(property.Value)};\n");
        return text.Append("}\n").ToString();
    }

    private string TypeOf(JsonElement schema)
    {
        if (Reference(schema) is { } name)
            return name == "JsonElement" ? "unknown" : name;
        if (schema.TryGetProperty("enum", out JsonElement values))
            return string.Join(" | ", values.EnumerateArray().Select(v => $"'{v.GetString()}'"));
        if (schema.TryGetProperty("oneOf", out JsonElement choices))
            return string.Join(" | ", choices.EnumerateArray().Select(TypeOf));
        return (schema.TryGetProperty("type", out JsonElement type) ? type.ToString() : "") switch
        {
            "string" => "string",
            "integer" or "number" => "number",
            "boolean" => "boolean",
            "array" when !schema.TryGetProperty("items", out _) => "unknown[]",
            "array" => TypeOf(schema.GetProperty("items")) is var item && item.Contains('|') ? $"({item})[]" : $"{item}[]",
            "object" => schema.TryGetProperty("additionalProperties", out JsonElement value) ? $"Record<string, {TypeOf(value)}>" : "Record<string, unknown>",
            "" => "unknown",
            var other => throw new InvalidDataException($"no type of TypeScript for {other} in {schema}"),
        };
    }

    private static string? Reference(JsonElement schema) =>
        schema.TryGetProperty("$ref", out JsonElement name) ? name.GetString()![Prefix.Length..] : null;
}
