using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tocsin.Alerting.Api;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Where">The field or parameter.</param>
/// <param name="What">What was found there.</param>
/// <param name="Expected">What would be right.</param>
public sealed record Fault(string Where, string What, string Expected);

/// <summary>Refusals as application/problem+json: what, where, and what was expected.</summary>
public static class Problem
{
    public static ProblemHttpResult BadRequest(IReadOnlyList<Fault> faults) => TypedResults.Problem(
        title: "The request is not valid.",
        detail: string.Join(" ", faults.Select(f => $"{f.Where}: {f.What}; expected {f.Expected}.")),
        statusCode: StatusCodes.Status400BadRequest,
        extensions: [new("errors", faults)]);

    public static ProblemHttpResult TooLarge(int limit) => TypedResults.Problem(
        title: "The request is too large.", detail: $"At most {limit} bytes are accepted.",
        statusCode: StatusCodes.Status413PayloadTooLarge);

    public static ProblemHttpResult NotJson(string? found) => TypedResults.Problem(
        title: "The request is not JSON.",
        detail: $"Content-Type is {(string.IsNullOrEmpty(found) ? "missing" : $"'{found}'")}; expected application/json.",
        statusCode: StatusCodes.Status415UnsupportedMediaType);

    public static ProblemHttpResult NotFound(string what) => TypedResults.Problem(
        title: "Not found.", detail: what, statusCode: StatusCodes.Status404NotFound);

    /// <param name="current">The state that is in the way.</param>
    public static ProblemHttpResult Conflict(string detail, string current) => TypedResults.Problem(
        title: "The present state does not allow this.", detail: detail, statusCode: StatusCodes.Status409Conflict,
        extensions: [new("current", current)]);

    public static ProblemHttpResult Unavailable(string detail) => TypedResults.Problem(
        title: "Nothing can be written at the moment.", detail: detail, statusCode: StatusCodes.Status503ServiceUnavailable);
}
