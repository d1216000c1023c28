using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting.Api;

namespace Tocsin.Server.Views;

/// <summary>/views: questions that people keep and share.</summary>
internal sealed class ViewsApi(ViewBook book, TimeProvider clock)
{
    private const int OrderBytes = 64 * 1024;

    /// <summary>Adds the routes below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder views = api.MapGroup("/views").WithTags("views");
        views.MapGet("", () => TypedResults.Ok(new ViewList(book.All()))).WithName("views").WithSummary("Saved views, by name");
        views.MapGet("/{id:long}", Results<Ok<ViewAnswer>, ProblemHttpResult> (long id) =>
            book.Find(id) is { } view ? TypedResults.Ok(new ViewAnswer(view)) : NoSuch(id)).WithName("view").ProducesProblem(404);
        views.MapPost("", Add).Accepts<ViewOrder>("application/json").WithName("addView").WithSummary("Keeps a view")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
        views.MapPut("/{id:long}", Replace).Accepts<ViewOrder>("application/json").WithName("replaceView").WithSummary("Changes or renames a view")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
        views.MapDelete("/{id:long}", async Task<Results<NoContent, ProblemHttpResult>> (long id, CancellationToken cancel) =>
            await book.Delete(id, cancel) ? TypedResults.NoContent() : NoSuch(id)).WithName("deleteView").ProducesProblem(404).ProducesProblem(503);
    }

    private async Task<Results<Created<ViewAnswer>, ProblemHttpResult>> Add(HttpRequest request)
    {
        (ViewOrder? order, ProblemHttpResult? problem) = await Read(request);
        if (order is null)
            return problem!;
        (ViewOutcome outcome, SavedView? view) = await book.Add(order, request.HttpContext.RequestAborted);
        return view is null ? Refused(outcome, order, 0) : TypedResults.Created($"/api/tocsin/v1/views/{view.Id}", new ViewAnswer(view));
    }

    private async Task<Results<Ok<ViewAnswer>, ProblemHttpResult>> Replace(long id, HttpRequest request)
    {
        (ViewOrder? order, ProblemHttpResult? problem) = await Read(request);
        if (order is null)
            return problem!;
        (ViewOutcome outcome, SavedView? view) = await book.Replace(id, order, request.HttpContext.RequestAborted);
        return view is null ? Refused(outcome, order, id) : TypedResults.Ok(new ViewAnswer(view));
    }

    private async Task<(ViewOrder? Order, ProblemHttpResult? Problem)> Read(HttpRequest request)
    {
        JsonRequest<ViewOrder> body = await JsonRequest.Read(request, ViewJson.Default.ViewOrder, OrderBytes);
        if (body.Value is not { } order)
            return (null, body.Problem);
        return order.Faults(clock.GetUtcNow()) is { Count: > 0 } faults ? (null, Problem.BadRequest(faults)) : (order, null);
    }

    private static ProblemHttpResult Refused(ViewOutcome outcome, ViewOrder order, long id) => outcome switch
    {
        ViewOutcome.NoSuch => NoSuch(id),
        ViewOutcome.NameTaken => Problem.Conflict($"There is a view named '{order.Name!.Trim()}' already: choose another name, or change that one.", "taken"),
        _ => Problem.Conflict($"There are {ViewBook.Most} views: delete some first.", "full"),
    };

    private static ProblemHttpResult NoSuch(long id) => Problem.NotFound($"There is no view {id}; it may have been deleted.");
}

/// <summary>Answer of /views.</summary>
public sealed record ViewList(IReadOnlyList<SavedView> Items);

/// <summary>One view as it is kept now.</summary>
public sealed record ViewAnswer(SavedView View);
