using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting.Api;
using Tocsin.Model.Events;
using Tocsin.Query.Logs;
using Tocsin.Storage;
using Tocsin.Storage.Care;
using Tocsin.Storage.Scan;

namespace Tocsin.Server.Care;

/// <summary>POST /logs/delete and GET /logs/deletions: delete records by condition, and the journal of it.</summary>
internal sealed class DeletionsApi(DeletionBook book, Database database, TimeProvider clock)
{
    private const int OrderBytes = 32 * 1024, MostShown = 1000;

    /// <summary>Adds the routes below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder logs = api.MapGroup("/logs").WithTags("logs");
        logs.MapPost("/delete", Delete).Accepts<DeletionOrder>("application/json")
            .WithName("deleteLogs").WithSummary("Deletes the records that match; dryRun only counts them")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
        logs.MapGet("/deletions", (int? limit) => TypedResults.Ok(new DeletionList(book.Entries(Math.Clamp(limit ?? 100, 1, MostShown)))))
            .WithName("deletions").WithSummary("Who deleted what, when and why; newest first");
    }

    private async Task<Results<Ok<DeletionAnswer>, ProblemHttpResult>> Delete(HttpRequest request)
    {
        JsonRequest<DeletionOrder> body = await JsonRequest.Read(request, CareJson.Default.DeletionOrder, OrderBytes);
        if (body.Value is not { } order)
            return body.Problem!;
        if (order.Faults(clock.GetUtcNow()) is { Count: > 0 } faults)
            return Problem.BadRequest(faults);
        if (order.DryRun)
            return TypedResults.Ok(new DeletionAnswer(true, Count(order, request.HttpContext.RequestAborted), null));
        try
        {
            DeletionEntry entry = await book.Delete(order, request.HttpContext.RequestAborted);
            return TypedResults.Ok(new DeletionAnswer(false, entry.Rows ?? 0, entry));
        }
        catch (TooManyDeletionsException busy)
        {
            return Problem.Conflict(busy.Message, "full");
        }
        catch (IOException failed)
        {
            return Problem.Unavailable($"Nothing was deleted: {failed.Message}");
        }
    }

    private long Count(DeletionOrder order, CancellationToken cancel)
    {
        long rows = 0;
        var request = new ScanRequest
        {
            Dataset = order.Of, From = order.Range.From, To = order.Range.To, Where = LogQuery.Parse(order.Q!).Predicate!, AnyOrder = true,
            Fields = [],
        };
        RowVisitor count = (in EventRow _, RowId _) =>
        {
            rows++;
            return true;
        };
        database.Scan(request, count, cancel);
        return rows;
    }
}

/// <param name="Rows">How many records match, or were deleted.</param>
/// <param name="Deletion">Its entry in the journal; absent for a dry run.</param>
public sealed record DeletionAnswer(bool DryRun, long Rows, DeletionEntry? Deletion);

/// <summary>Answer of /logs/deletions.</summary>
public sealed record DeletionList(IReadOnlyList<DeletionEntry> Items);
