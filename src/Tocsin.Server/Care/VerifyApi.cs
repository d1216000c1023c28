using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting.Api;
using Tocsin.Storage.Care;

namespace Tocsin.Server.Care;

/// <summary>POST /verify begins to check the data or a backup, GET /verify tells how far it is.</summary>
internal sealed class VerifyApi(VerifyJob job, string data)
{
    private const int OrderBytes = 16 * 1024;

    /// <summary>Adds the routes below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder verify = api.MapGroup("/verify").WithTags("care");
        verify.MapPost("", Begin).Accepts<VerifyOrder>("application/json").WithName("beginVerify")
            .WithSummary("Begins to read the server's data, or a backup, and to compare every checksum")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415);
        verify.MapGet("", Results<Ok<CareState<VerifyReport>>, ProblemHttpResult> () => job.State is { } state
            ? TypedResults.Ok(state)
            : Problem.NotFound("No verification was asked for since the server has started.")).WithName("verify")
            .WithSummary("How far the last verification is, or what it has found").ProducesProblem(404);
    }

    private async Task<Results<Accepted<CareState<VerifyReport>>, ProblemHttpResult>> Begin(HttpRequest request)
    {
        JsonRequest<VerifyOrder> body = await JsonRequest.Read(request, CareJson.Default.VerifyOrder, OrderBytes);
        if (body.Value is not { } order)
            return body.Problem!;
        if (!string.IsNullOrEmpty(order.Directory) && BackupApi.FolderFault(order.Directory) is { } fault)
            return Problem.BadRequest([fault]);
        string directory = string.IsNullOrEmpty(order.Directory) ? data : Path.GetFullPath(order.Directory);
        return job.Start(directory)
            ? TypedResults.Accepted("/api/tocsin/v1/verify", job.State)
            : Problem.Conflict("A verification is running already.", "running");
    }
}

/// <param name="Directory">A snapshot or a folder of them on the server's machine; the server's own data when left out.</param>
public sealed record VerifyOrder(string? Directory);
