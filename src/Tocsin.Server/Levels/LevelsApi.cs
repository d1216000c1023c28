using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting.Api;

namespace Tocsin.Server.Levels;

/// <summary>Log levels over HTTP: what operators set and clear, and what processes ask for.</summary>
internal sealed class LevelsApi(LevelBook book, LevelListeners listeners, TimeProvider clock)
{
    public const string EffectivePath = "/api/tocsin/v1/levels/effective";
    private const int OrderBytes = 16 * 1024, ChangesShown = 50, NameCharacters = 200;

    /// <summary>Adds the routes below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder levels = api.MapGroup("/levels").WithTags("levels");
        levels.MapGet("", List).WithName("levels").WithSummary("Levels that hold, who asks for them, and the last changes");
        levels.MapPost("", Set).Accepts<LevelOrder>("application/json")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
        levels.MapPost("/clear", Clear).Accepts<LevelOrder>("application/json")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
        levels.MapGet("/effective", Effective).WithName("effectiveLevels").WithSummary("What a process is to take; answers If-None-Match")
            .Produces<EffectiveLevels>().Produces(304).ProducesProblem(400);
    }

    private Ok<LevelList> List([FromQuery] string? service)
    {
        string? one = string.IsNullOrEmpty(service) ? null : service;
        DateTimeOffset now = clock.GetUtcNow();
        return TypedResults.Ok(new LevelList(book.Rules(one), listeners.List(one, TagOf), book.Changes(one, ChangesShown)));

        string TagOf(string name, string? environment)
        {
            _ = EffectiveLevels.Of(book.Rules(name), environment, now, out string tag);
            return tag;
        }
    }

    private async Task<Results<Ok<LevelSet>, ProblemHttpResult>> Set(HttpRequest request)
    {
        JsonRequest<LevelOrder> body = await JsonRequest.Read(request, LevelJson.Default.LevelOrder, OrderBytes);
        if (body.Value is not { } order)
            return body.Problem!;
        if (order.Faults(toSet: true) is { Count: > 0 } faults)
            return Problem.BadRequest(faults);
        LevelRule rule = order.ToRule(clock.GetUtcNow());
        return await book.Set(rule, request.HttpContext.RequestAborted)
            ? TypedResults.Ok(new LevelSet(rule))
            : Problem.Conflict(
                $"{rule.Service} has {LevelBook.MostPerService} levels, or all services together {LevelBook.MostOfAll}: clear some first.",
                "full");
    }

    private async Task<Results<Ok<LevelsCleared>, ProblemHttpResult>> Clear(HttpRequest request)
    {
        JsonRequest<LevelOrder> body = await JsonRequest.Read(request, LevelJson.Default.LevelOrder, OrderBytes);
        if (body.Value is not { } order)
            return body.Problem!;
        if (order.Faults(toSet: false) is { Count: > 0 } faults)
            return Problem.BadRequest(faults);
        int cleared = await book.Clear(order.Fits, order.Who, order.Notes, request.HttpContext.RequestAborted);
        return cleared > 0
            ? TypedResults.Ok(new LevelsCleared(cleared))
            : Problem.NotFound($"{order.Service} has no such level set; it may have ended by itself.");
    }

    private IResult Effective(
        HttpContext context, [FromQuery] string? service, [FromQuery] string? environment, [FromQuery] string? run)
    {
        if (string.IsNullOrWhiteSpace(service) || service.Length > NameCharacters || environment?.Length > NameCharacters
            || run?.Length > NameCharacters)
            return Problem.BadRequest([new Fault("service", "it, environment or run is missing or too long",
                $"the name of the service, of its environment and an id of the run, each at most {NameCharacters} characters")]);
        string? place = string.IsNullOrEmpty(environment) ? null : environment;
        var levels = EffectiveLevels.Of(book.Rules(service), place, clock.GetUtcNow(), out string tag);
        if (!string.IsNullOrEmpty(run))
            listeners.Heard(run, service, place, tag);
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        // A proxy that compresses on its way marks the tag as weak.
        if (context.Request.Headers.IfNoneMatch.Any(known => known is not null && known.EndsWith(tag, StringComparison.Ordinal)))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return TypedResults.Bytes(JsonSerializer.SerializeToUtf8Bytes(levels, JsonShape.Options), "application/json");
    }
}

/// <summary>Answer of /levels.</summary>
public sealed record LevelList(
    IReadOnlyList<LevelRule> Items, IReadOnlyList<LevelListener> Listeners, IReadOnlyList<LevelChange> Changes);

/// <summary>The level as it holds now.</summary>
public sealed record LevelSet(LevelRule Level);

/// <param name="Cleared">How many levels were taken back.</param>
public sealed record LevelsCleared(int Cleared);
