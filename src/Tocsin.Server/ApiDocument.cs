using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Tocsin.Server;

/// <summary>
/// Makes the OpenAPI document say what <see cref="JsonShape"/> writes: numbers are numbers, what has no value is left out, and everything
/// else is always there. Schemas of requests keep what may be left out.
/// </summary>
internal sealed class ApiDocument : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        IDictionary<string, IOpenApiSchema> schemas = document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (OpenApiOperation operation in document.Paths.Values.SelectMany(path => path.Operations?.Values.AsEnumerable() ?? []))
        {
            foreach (OpenApiMediaType content in operation.RequestBody?.Content?.Values.AsEnumerable() ?? [])
                Collect(content.Schema, schemas, asked);
        }
        foreach ((string name, IOpenApiSchema schema) in schemas)
            Tell((OpenApiSchema)schema, answered: !asked.Contains(name));
        return Task.CompletedTask;
    }

    /// <summary>Names of the schemas that one is made of.</summary>
    private static void Collect(IOpenApiSchema? schema, IDictionary<string, IOpenApiSchema> schemas, HashSet<string> names)
    {
        if (schema is OpenApiSchemaReference { Reference.Id: { } id } && (!names.Add(id) || !schemas.TryGetValue(id, out schema)))
            return;
        if (schema is null)
            return;
        foreach (IOpenApiSchema part in Parts(schema))
            Collect(part, schemas, names);
    }

    private static void Tell(OpenApiSchema schema, bool answered)
    {
        if (schema.Type is { } type && (type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
            (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null);
        foreach ((string name, IOpenApiSchema property) in schema.Properties?.ToArray() ?? [])
        {
            if (IsNullable(property))
            {
                schema.Properties![name] = WithoutNull(property);
                schema.Required?.Remove(name);
            }
            else if (answered)
            {
                (schema.Required ??= new HashSet<string>()).Add(name);
            }
        }
        foreach (OpenApiSchema part in Parts(schema).OfType<OpenApiSchema>())
            Tell(part, answered);
    }

    private static bool IsNullable(IOpenApiSchema schema) => schema is OpenApiSchema plain
        && (plain.Type?.HasFlag(JsonSchemaType.Null) == true || plain.OneOf?.Any(one => one.Type == JsonSchemaType.Null) == true);

    private static IOpenApiSchema WithoutNull(IOpenApiSchema schema)
    {
        if (schema.OneOf?.FirstOrDefault(one => one.Type != JsonSchemaType.Null) is { } one)
            return one;
        var plain = (OpenApiSchema)schema;
        plain.Type &= ~JsonSchemaType.Null;
        return plain;
    }

    private static IEnumerable<IOpenApiSchema> Parts(IOpenApiSchema schema) =>
    [
        .. schema is OpenApiSchemaReference ? [] : schema.Properties?.Values.AsEnumerable() ?? [],
        .. schema is not OpenApiSchemaReference && schema.Items is { } items ? [items] : Array.Empty<IOpenApiSchema>(),
        .. schema is not OpenApiSchemaReference && schema.AdditionalProperties is { } more ? [more] : Array.Empty<IOpenApiSchema>(),
        .. schema is OpenApiSchemaReference ? [] : schema.OneOf ?? [],
    ];
}
