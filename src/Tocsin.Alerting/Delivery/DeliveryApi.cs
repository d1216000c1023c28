using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Delivery;

/// <summary>Channels over HTTP: the list with what they did last, and a test message with the remote's answer.</summary>
public sealed class DeliveryApi(CatalogDatabase catalog, Outbox outbox, string externalUrl, TimeProvider clock)
{
    /// <summary>Adds the routes below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder channels = api.MapGroup("/channels").WithTags("channels");
        channels.MapGet("", List).WithName("channels").WithSummary("Channels, their settings without secrets, and their last delivery");
        channels.MapPost("/{name}/test", Test).WithName("channelTest").WithSummary("Sends a test message and tells what the remote side answered");
    }

    private Ok<ChannelList> List()
    {
        IReadOnlyDictionary<string, LastDelivery> last = catalog.Read(DeliveryTable.Last);
        return TypedResults.Ok(new ChannelList(
            [.. outbox.Channels.Select(c => new ChannelView(c.Name, c.Kind, c.Masked, last.GetValueOrDefault(c.Name)))]));
    }

    private async Task<Results<Ok<ChannelTest>, ProblemHttpResult>> Test(string name, CancellationToken cancel)
    {
        if (outbox.Channels.FirstOrDefault(c => c.Name == name) is not { } channel)
            return TypedResults.Problem(
                $"there is no channel '{name}'; configured are: {string.Join(", ", outbox.Channels.Select(c => c.Name))}",
                statusCode: StatusCodes.Status404NotFound, title: "Not found");
        long began = Stopwatch.GetTimestamp();
        SendResult result = await channel.Channel.Send(Message(channel), cancel).ConfigureAwait(false);
        double elapsed = Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1);
        return TypedResults.Ok(result switch
        {
            SendResult.Sent sent => new ChannelTest(true, "sent", elapsed, sent.Answer),
            SendResult.RetryLater later => new ChannelTest(false, "retry", elapsed, later.Reason),
            SendResult.Rejected rejected => new ChannelTest(false, "rejected", elapsed, rejected.Reason),
            _ => throw new UnreachableException(),
        });
    }

    private Notification Message(ConfiguredChannel channel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new Notification
        {
            Id = Outbox.NewId(), Reason = NotificationReason.Test, Receiver = channel.Name, ExternalUrl = externalUrl, At = now,
            Alerts =
            [
                new Alert
                {
                    Id = 0, Key = "test", Type = "test", Title = "Test message from Tocsin",
                    Message = $"Somebody tries the channel '{channel.Name}'. Nothing is wrong.", Priority = AlertPriority.Low,
                    Category = AlertCategory.System, Resource = "tocsin", StartsAt = now, LastSeenAt = now,
                },
            ],
        };
    }
}

/// <summary>Answer of GET /channels.</summary>
public sealed record ChannelList(IReadOnlyList<ChannelView> Items);

/// <param name="Settings">As configured, secrets masked.</param>
/// <param name="Last">Absent when nothing was ever sent.</param>
public sealed record ChannelView(string Name, string Kind, IReadOnlyDictionary<string, string> Settings, LastDelivery? Last);

/// <param name="Status">"sent", "retry" or "rejected".</param>
/// <param name="Answer">What the remote side said, or why it could not be asked.</param>
public sealed record ChannelTest(bool Ok, string Status, double ElapsedMs, string Answer);
