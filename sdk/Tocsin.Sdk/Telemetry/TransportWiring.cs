using TocsinSdk.Runs;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>Makes the transport of a process from its settings.</summary>
internal static class TransportWiring
{
    // No service can have a folder of this name, so nobody takes its contents for runs.
    private const string Folder = ".spool";

    public static TelemetryTransport Start(Settings settings, RunFolder folder, RunIdentity identity, TimeProvider clock)
    {
        Route[] routes = [.. Enum.GetValues<Signal>().Select(
            signal => OtlpTarget.Of(signal, settings, Environment.GetEnvironmentVariable).ToRoute(signal))];
        // Where the black box found room, else where it would have been looked for first.
        var state = Path.GetDirectoryName(folder.Siblings) ?? RunFolder.StateFolders(settings).First();
        var siblings = Path.Combine(state, Folder, RunFolder.FileNameOf(identity.Service));
        return new TelemetryTransport(
            settings.Options.Transport, siblings, $"{RunFolder.FileNameOf(identity.RunId)}-{identity.Pid}", routes,
            OpenTelemetryWiring.EncodedResource(identity), clock, Console.Error.WriteLine);
    }
}
