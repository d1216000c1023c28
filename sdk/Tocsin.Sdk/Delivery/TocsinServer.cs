using TocsinSdk.Runs;

namespace TocsinSdk.Delivery;

/// <summary>The doors of the server this library knocks at. Any thread; blocks the caller.</summary>
internal sealed class TocsinServer(Uri server, string? key)
{
    private readonly Uri _crashes = At(server, "crashes"), _heartbeats = At(server, "heartbeats");

    public Uri Url => server;

    public Answer PostCrash(ReadOnlyMemory<byte> record, TimeSpan deadline) =>
        PlainHttp.Post(_crashes, key, record, deadline);

    public Answer PostHeartbeat(ReadOnlyMemory<byte> beat, TimeSpan deadline) =>
        PlainHttp.Post(_heartbeats, key, beat, deadline);

    /// <param name="who">Whose log levels.</param>
    /// <param name="tag">The version already here; it is answered by 304.</param>
    /// <param name="deadline">How long it may take in all.</param>
    public Document GetLevels(RunIdentity who, string? tag, TimeSpan deadline) =>
        PlainHttp.Get(
            At(server, "levels/effective?service=" + Uri.EscapeDataString(who.Service) + "&run=" + who.RunId
                + (who.Environment is { } name ? "&environment=" + Uri.EscapeDataString(name) : "")),
            key, tag, deadline);

    // The server may live below a path prefix.
    private static Uri At(Uri server, string door) =>
        new(server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/api/tocsin/v1/" + door);
}
