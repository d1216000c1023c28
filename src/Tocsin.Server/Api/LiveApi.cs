using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Model.Live;

namespace Tocsin.Server.Api;

/// <summary>GET /live: what happens to alerts and crashes, as server-sent events.</summary>
internal static class LiveApi
{
    public static void Map(RouteGroupBuilder api, LiveEvents live) => api.MapGet("/live", async (HttpContext context, string? topics) =>
    {
        HashSet<string> wanted = [.. (topics ?? "alerts,crashes").Split(',', StringSplitOptions.TrimEntries)];
        await using var stream = new EventStream(context);
        await foreach (LiveEvent happened in stream.WithHeartbeat(live.Watch(context.RequestAborted)))
        {
            if (wanted.Contains(happened.Topic))
                await stream.Send(happened.Topic, happened.Json, happened.Id);
        }
    }).WithName("live").WithSummary("Server-sent events: one per change of an alert or crash group");
}
