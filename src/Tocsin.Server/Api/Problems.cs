using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tocsin.Server.Api;

/// <summary>Errors of our own API: application/problem+json that says what, where and what was expected.</summary>
internal static class Problems
{
    public static ProblemHttpResult BadParameter(string name, string? found, string expected) => TypedResults.Problem(
        $"{name}: {expected}, found '{found}'", statusCode: StatusCodes.Status400BadRequest, title: "A parameter is wrong",
        extensions: new Dictionary<string, object?> { ["parameter"] = name, ["expected"] = expected });

    public static ProblemHttpResult BadQuery(string problem, int position, string expected) => TypedResults.Problem(
        problem, statusCode: StatusCodes.Status400BadRequest, title: "The query cannot be read",
        extensions: new Dictionary<string, object?> { ["parameter"] = "q", ["position"] = position, ["expected"] = expected });

    public static ProblemHttpResult NotFound(string what) =>
        TypedResults.Problem(what, statusCode: StatusCodes.Status404NotFound, title: "Not found");
}
