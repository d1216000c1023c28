namespace TocsinSdk.Delivery;

/// <summary>The two doors of the server this library knocks at. Any thread; blocks the caller.</summary>
internal sealed class TocsinServer(Uri server, string? key)
{
    private readonly Uri _crashes = At(server, "crashes"), _heartbeats = At(server, "heartbeats");

    public Uri Url => server;

    public Answer PostCrash(ReadOnlyMemory<byte> record, TimeSpan deadline) =>
        PlainHttp.Post(_crashes, key, record, deadline);

    public Answer PostHeartbeat(ReadOnlyMemory<byte> beat, TimeSpan deadline) =>
        PlainHttp.Post(_heartbeats, key, beat, deadline);

    // The server may live below a path prefix.
    private static Uri At(Uri server, string door) =>
        new(server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/api/tocsin/v1/" + door);
}
