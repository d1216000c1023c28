using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting.Api;
using Tocsin.Storage.Care;

namespace Tocsin.Server.Care;

/// <summary>POST /backup begins a backup, GET /backup tells how far it is, GET /backup/snapshots what a folder has.</summary>
internal sealed class BackupApi(BackupJob job)
{
    private const int OrderBytes = 16 * 1024;

    /// <summary>Adds the routes below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder backup = api.MapGroup("/backup").WithTags("care");
        backup.MapPost("", Begin).Accepts<BackupOrder>("application/json").WithName("beginBackup")
            .WithSummary("Begins a backup into a folder on the server's machine")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415);
        backup.MapGet("", Results<Ok<CareState<BackupReport>>, ProblemHttpResult> () => job.State is { } state
            ? TypedResults.Ok(state)
            : Problem.NotFound("No backup was asked for since the server has started.")).WithName("backup")
            .WithSummary("How far the last backup is, or how it ended").ProducesProblem(404);
        backup.MapGet("/snapshots", Results<Ok<SnapshotList>, ProblemHttpResult> (string? directory) => FolderFault(directory) is { } fault
            ? Problem.BadRequest([fault])
            : TypedResults.Ok(SnapshotList.Of(Path.GetFullPath(directory!)))).WithName("snapshots")
            .WithSummary("The backups in a folder on the server's machine").ProducesProblem(400);
    }

    /// <summary>Null when the path is absolute.</summary>
    internal static Fault? FolderFault(string? directory) => Path.IsPathFullyQualified(directory ?? "") && !directory!.Contains('\0')
        ? null
        : new Fault("directory", "it is no absolute path", "a folder on the server's machine, such as /var/backups/tocsin");

    private async Task<Results<Accepted<CareState<BackupReport>>, ProblemHttpResult>> Begin(HttpRequest request)
    {
        JsonRequest<BackupOrder> body = await JsonRequest.Read(request, CareJson.Default.BackupOrder, OrderBytes);
        if (body.Value is not { } order)
            return body.Problem!;
        if (FolderFault(order.Directory) is { } fault)
            return Problem.BadRequest([fault]);
        if (order.Keep is < 1)
            return Problem.BadRequest([new Fault("keep", $"it is {order.Keep}", "a number of snapshots from 1 on")]);
        return job.Start(Path.GetFullPath(order.Directory!), order.Keep)
            ? TypedResults.Accepted("/api/tocsin/v1/backup", job.State)
            : Problem.Conflict("A backup is running already.", "running");
    }
}

/// <param name="Directory">Folder of snapshots on the server's machine; created when missing.</param>
/// <param name="Keep">How many snapshots to keep there; all when left out.</param>
public sealed record BackupOrder(string? Directory, int? Keep);
