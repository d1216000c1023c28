using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting.Api;
using Tocsin.Alerting.Proposals;
using Tocsin.Alerting.Reports;
using Tocsin.Catalog;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting;

/// <summary>Alerts over HTTP: list, look, report, and what people do with them.</summary>
public sealed class AlertingApi(
    CatalogDatabase catalog, AlertInbox inbox, AlertActions actions, AlertReports reports, TimeProvider clock)
{
    private const int MostPerPage = 500;
    private const int SearchCharacters = 200;
    private const int SearchWords = 8;
    private const int MostDays = 365;
    private static readonly TimeSpan s_usualSuppression = TimeSpan.FromHours(1);

    /// <summary>Adds the routes below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder alerts = api.MapGroup("/alerts").WithTags("alerts");
        alerts.MapGet("", List).ProducesProblem(400);
        alerts.MapPost("", Raise).Accepts<AlertRequest>("application/json")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
        alerts.MapGet("/patterns", Patterns).ProducesProblem(400);
        alerts.MapGet("/{id:long}", Story).ProducesProblem(404);
        MapAction("acknowledge", (id, ask, cancel) => actions.Acknowledge(id, By(ask), ask.Notes ?? ask.Reason, cancel));
        MapAction("unacknowledge", (id, ask, cancel) => actions.Unacknowledge(id, By(ask), ask.Notes ?? ask.Reason, cancel));
        MapAction("resolve", (id, ask, cancel) => actions.Resolve(id, By(ask), ask.Notes ?? ask.Reason, cancel));
        MapAction("suppress", (id, ask, cancel) => actions.Suppress(
            id, By(ask), Duration.Parse(ask.For ?? "") ?? s_usualSuppression, ask.Reason ?? ask.Notes, cancel));
        MapAction("unsuppress", (id, ask, cancel) => actions.Unsuppress(id, By(ask), ask.Notes ?? ask.Reason, cancel));

        void MapAction(string name, Func<long, AlertActionRequest, CancellationToken, Task<AlertActionResult>> action) =>
            alerts.MapPost($"/{{id:long}}/{name}", (long id, HttpRequest request) => Act(id, name, request, action))
                .Accepts<AlertActionRequest>("application/json")
                .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(415).ProducesProblem(503);
    }

    private Results<Ok<AlertListView>, ProblemHttpResult> List(
        [FromQuery] string? status, [FromQuery] string? priority, [FromQuery] string? service, [FromQuery] string? q,
        [FromQuery] string? limit, [FromQuery] string? cursor)
    {
        var check = new Check();
        var filter = new AlertFilter
        {
            Statuses = WordList<AlertStatus>(check, "status", status, Words.Statuses),
            Priorities = WordList<AlertPriority>(check, "priority", priority, Words.Priorities),
            Service = string.IsNullOrEmpty(service) ? null : check.Optional("service", service, AlertLimits.ResourceCharacters),
            Words = [.. (check.Optional("q", q, SearchCharacters) ?? "")
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(SearchWords)],
            Limit = Number(check, "limit", limit, usual: 50, MostPerPage),
            After = string.IsNullOrEmpty(cursor) ? null : AlertCursor.Parse(cursor),
        };
        if (!string.IsNullOrEmpty(cursor) && filter.After is null)
            check.Fail("cursor", $"'{Check.Short(cursor)}' is not a place in the list", "the value of next from the page before");
        if (check.Faults.Count > 0)
            return Problem.BadRequest(check.Faults);
        AlertPage page = reports.List(filter);
        DateTimeOffset now = clock.GetUtcNow();
        return TypedResults.Ok(new AlertListView(
            [.. page.Items.Select(a => AlertView.Of(a, now))], AlertCountsView.Of(page.Counts), page.Next?.ToString()));
    }

    private Results<Ok<AlertStoryView>, ProblemHttpResult> Story(long id) =>
        reports.Story(id) is { } story
            ? TypedResults.Ok(new AlertStoryView(
                AlertView.Of(story.Alert, clock.GetUtcNow()), story.History, story.Notifications))
            : NoSuchAlert(id);

    private Results<Ok<AlertPatterns>, ProblemHttpResult> Patterns([FromQuery] string? days)
    {
        var check = new Check();
        int number = Number(check, "days", days, usual: 7, MostDays);
        return check.Faults.Count > 0
            ? Problem.BadRequest(check.Faults)
            : TypedResults.Ok(AlertPatterns.Over(catalog, number, clock.GetUtcNow()));
    }

    private async Task<Results<Created<AlertRaisedView>, Ok<AlertRaisedView>, ProblemHttpResult>> Raise(HttpRequest request)
    {
        JsonRequest<AlertRequest> body =
            await JsonRequest.Read(request, RequestJson.Default.AlertRequest, AlertLimits.RequestBytes);
        if (body.Value is null)
            return body.Problem!;
        (AlertProposal? proposal, IReadOnlyList<Fault> faults) = ProposalReader.Read(body.Value);
        if (proposal is null)
            return Problem.BadRequest(faults);
        try
        {
            Raised raised = await catalog.Write(tx => inbox.Raise(tx, proposal), request.HttpContext.RequestAborted);
            var view = new AlertRaisedView(AlertView.Of(raised.Alert, clock.GetUtcNow()), raised.Transition);
            return raised.Transition == "opened"
                ? TypedResults.Created($"{request.PathBase}{request.Path}/{raised.Alert.Id}", view)
                : TypedResults.Ok(view);
        }
        catch (CatalogWriteException broken)
        {
            return Problem.Unavailable(broken.Message);
        }
    }

    private async Task<Results<Ok<AlertChangedView>, ProblemHttpResult>> Act(
        long id, string name, HttpRequest request,
        Func<long, AlertActionRequest, CancellationToken, Task<AlertActionResult>> action)
    {
        JsonRequest<AlertActionRequest> body =
            await JsonRequest.Read(request, RequestJson.Default.AlertActionRequest, AlertLimits.RequestBytes);
        if (body.Value is not { } ask)
            return body.Problem!;
        if (FaultsOf(ask) is { Count: > 0 } faults)
            return Problem.BadRequest(faults);
        try
        {
            return await action(id, ask, request.HttpContext.RequestAborted) switch
            {
                AlertActionResult.Done done => TypedResults.Ok(new AlertChangedView(AlertView.Of(done.Alert, clock.GetUtcNow()))),
                AlertActionResult.Refused refused => Problem.Conflict(
                    $"Alert {id} is {Words.Of(refused.Status)}: {name} is not possible.", Words.Of(refused.Status)),
                _ => NoSuchAlert(id),
            };
        }
        catch (CatalogWriteException broken)
        {
            return Problem.Unavailable(broken.Message);
        }
    }

    private static IReadOnlyList<Fault> FaultsOf(AlertActionRequest ask)
    {
        var check = new Check();
        check.Optional("by", ask.By, AlertLimits.NameCharacters);
        check.Optional("notes", ask.Notes, AlertLimits.NotesCharacters);
        check.Optional("reason", ask.Reason, AlertLimits.NotesCharacters);
        check.Span("for", ask.For, AlertLimits.Suppression);
        return check.Faults;
    }

    private static string By(AlertActionRequest ask) => string.IsNullOrWhiteSpace(ask.By) ? ProposalReader.Anonymous : ask.By;

    private static ProblemHttpResult NoSuchAlert(long id) => Problem.NotFound($"There is no alert {id}.");

    private static List<T> WordList<T>(Check check, string where, string? text, string allowed)
        where T : struct, Enum
    {
        var words = new List<T>();
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (check.Word<T>(where, part, allowed) is { } word)
                words.Add(word);
        }
        return words;
    }

    private static int Number(Check check, string where, string? text, int usual, int most)
    {
        if (string.IsNullOrEmpty(text))
            return usual;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out int number) && number >= 1 && number <= most)
            return number;
        check.Fail(where, $"'{Check.Short(text)}' is not possible", $"a whole number from 1 to {most}");
        return usual;
    }
}
