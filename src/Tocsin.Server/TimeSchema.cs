using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tocsin.Model;

namespace Tocsin.Server;

/// <summary>Says in the OpenAPI document what <see cref="TimeJson"/> writes.</summary>
internal sealed class TimeSchema : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        Type? inside = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type);
        Type type = inside ?? context.JsonTypeInfo.Type;
        if (type == typeof(Instant) || type == typeof(DateTimeOffset))
            (schema.Type, schema.Format) = (inside is null ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null, "date-time");
        return Task.CompletedTask;
    }
}
