using System.Diagnostics.Metrics;

namespace TocsinSdk.Telemetry;

/// <summary>The one meter on which the library counts its own doings; names begin with "tocsin.".</summary>
internal static class SdkMeter
{
    public const string Name = "Tocsin.Sdk";

    public static Meter Meter { get; } = new(Name);
}
