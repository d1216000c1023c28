namespace TocsinSdk;

/// <summary>Performance scopes and slow operations.</summary>
public sealed class TrackingOptions
{
}
