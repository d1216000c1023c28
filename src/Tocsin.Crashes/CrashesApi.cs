using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting.Api;
using Tocsin.Catalog;
using Tocsin.Crashes.Heartbeats;
using Tocsin.Crashes.Records;
using Tocsin.Crashes.Store;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes;

/// <summary>Crashes and heartbeats over HTTP: report, list, look, and what people do with groups.</summary>
public sealed class CrashesApi(CrashInbox inbox, CrashReports reports, CrashActions actions,
    HeartbeatMonitor heartbeats)
{
    private const int MostPerPage = 500, SearchCharacters = 200, SearchWords = 8, HeartbeatBytes = 16 * 1024,
        OrderBytes = 64 * 1024;
    private static readonly string[] s_states =
        [GroupState.New, GroupState.Ongoing, GroupState.Regressed, GroupState.Resolved, GroupState.Ignored];

    /// <summary>Adds the routes below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder crashes = api.MapGroup("/crashes").WithTags("crashes");
        crashes.MapGet("", List).ProducesProblem(400);
        crashes.MapPost("", Report).Accepts<CrashRecord>("application/json")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
        crashes.MapGet("/{groupId:long}", Detail).ProducesProblem(404);
        crashes.MapGet("/{groupId:long}/events/{crashId}", Crash).ProducesProblem(404);
        MapAction("resolve", actions.Resolve);
        MapAction("ignore", actions.Ignore);
        MapAction("reopen", actions.Reopen);
        api.MapPost("/heartbeats", Beat).WithTags("crashes").Accepts<Heartbeat>("application/json")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);

        void MapAction(string name, Func<long, string, string?, CancellationToken, Task<bool>> action) =>
            crashes.MapPost($"/{{groupId:long}}/{name}", (long groupId, HttpRequest request) =>
                Act(groupId, request, action))
                .Accepts<GroupOrder>("application/json")
                .ProducesProblem(400).ProducesProblem(404).ProducesProblem(415).ProducesProblem(503);
    }

    private Results<Ok<CrashPage>, ProblemHttpResult> List(
        [FromQuery] string? q, [FromQuery] string? service, [FromQuery(Name = "class")] string? kind,
            [FromQuery] string? state,
        [FromQuery] string? sort, [FromQuery] string? limit, [FromQuery] string? cursor)
    {
        var faults = new List<Fault>();
        if (kind is { Length: > 0 } && CrashWords.Parse(kind) is null)
            faults.Add(new Fault("class", "it is not a crash class",
                "for example unhandled, stack_overflow, oom_killed"));
        if (state is { Length: > 0 } && !s_states.Contains(state))
            faults.Add(new Fault("state", "it is not a state", string.Join(", ", s_states)));
        if (!Enum.TryParse(sort is null or "" ? "lastSeen" : sort, ignoreCase: true, out CrashOrder order)
            || char.IsAsciiDigit((sort ?? "x ")[0]))
            faults.Add(new Fault("sort", "it is not an order", "lastSeen, firstSeen, count or users"));
        int most = 50;
        if (limit is { Length: > 0 }
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most)
            || most is < 1 or > MostPerPage))
            faults.Add(new Fault("limit", "it is not possible", $"a whole number from 1 to {MostPerPage}"));
        (long, long)? after = null;
        if (cursor is { Length: > 0 } && (after = Place(cursor)) is null)
            faults.Add(new Fault("cursor", "it is not a place in the list", "the value of next from the page before"));
        if (q is { Length: > SearchCharacters })
            faults.Add(new Fault("q", "it is too long", $"at most {SearchCharacters} characters"));
        if (faults.Count > 0)
            return Problem.BadRequest(faults);
        return TypedResults.Ok(reports.List(new CrashFilter
        {
            Words = [.. (q ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(SearchWords)],
            Service = string.IsNullOrEmpty(service) ? null : service,
            Class = string.IsNullOrEmpty(kind) ? null : kind,
            State = string.IsNullOrEmpty(state) ? null : state,
            Order = order,
            Limit = most,
            After = after,
        }));
    }

    private async Task<Results<Ok<CrashAccepted>, ProblemHttpResult>> Report(HttpRequest request)
    {
        JsonRequest<CrashRecord> body = await JsonRequest.Read(request, CrashesJson.Default.CrashRecord,
            CrashLimits.RequestBytes);
        if (body.Value is not { } record)
            return body.Problem!;
        if (CrashCheck.Problem(record) is { } wrong)
            return Problem.BadRequest([new Fault(wrong.Field, "it is missing or wrong", wrong.Expected)]);
        try
        {
            return TypedResults.Ok(await inbox.Accept(record, request.HttpContext.RequestAborted));
        }
        catch (CatalogWriteException broken)
        {
            return Problem.Unavailable(broken.Message);
        }
    }

    private Results<Ok<CrashGroupDetail>, ProblemHttpResult> Detail(long groupId) =>
        reports.Detail(groupId) is { } detail ? TypedResults.Ok(detail) : NoSuchGroup(groupId);

    private Results<Ok<CrashRecord>, ProblemHttpResult> Crash(long groupId, string crashId) =>
        reports.Crash(groupId, crashId) is { } record
            ? TypedResults.Ok(record)
            : Problem.NotFound(
                $"Crash group {groupId} has no such record; of a long group only the first and the last are kept.");

    private async Task<Results<Ok<CrashGroupAnswer>, ProblemHttpResult>> Act(
        long groupId, HttpRequest request, Func<long, string, string?, CancellationToken, Task<bool>> action)
    {
        JsonRequest<GroupOrder> body = await JsonRequest.Read(request, CrashesJson.Default.GroupOrder, OrderBytes);
        if (body.Value is not { } order)
            return body.Problem!;
        try
        {
            string by = string.IsNullOrWhiteSpace(order.By) ? "api" : order.By.Trim();
            return await action(groupId, by, order.Notes, request.HttpContext.RequestAborted)
                && reports.Group(groupId) is { } group
                ? TypedResults.Ok(new CrashGroupAnswer(group))
                : NoSuchGroup(groupId);
        }
        catch (CatalogWriteException broken)
        {
            return Problem.Unavailable(broken.Message);
        }
    }

    private async Task<Results<NoContent, ProblemHttpResult>> Beat(HttpRequest request)
    {
        JsonRequest<Heartbeat> body = await JsonRequest.Read(request, CrashesJson.Default.Heartbeat, HeartbeatBytes);
        if (body.Value is not { } beat)
            return body.Problem!;
        if (FaultOf(beat) is { } fault)
            return Problem.BadRequest([fault]);
        try
        {
            await heartbeats.Beat(beat, request.HttpContext.RequestAborted);
            return TypedResults.NoContent();
        }
        catch (CatalogWriteException broken)
        {
            return Problem.Unavailable(broken.Message);
        }
    }

    private static Fault? FaultOf(Heartbeat beat)
    {
        if (string.IsNullOrWhiteSpace(beat.Service) || beat.Service.Length > CrashLimits.NameCharacters)
            return new Fault("service", "it is empty or too long", "the name of the service");
        if (string.IsNullOrWhiteSpace(beat.RunId) || beat.RunId.Length > CrashLimits.NameCharacters)
            return new Fault("runId", "it is empty or too long", "the id of this run of the process");
        return beat.State is "running" or "stopping" or "stopped" ? null
            : new Fault("state", "it is not known", "running, stopping or stopped");
    }

    private static (long, long)? Place(string cursor)
    {
        int dot = cursor.IndexOf('.');
        return dot > 0
            && long.TryParse(cursor.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out long value)
            && long.TryParse(cursor.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long id)
                ? (value, id) : null;
    }

    private static ProblemHttpResult NoSuchGroup(long id) => Problem.NotFound($"There is no crash group {id}.");
}
