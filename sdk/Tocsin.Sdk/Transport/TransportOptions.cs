namespace TocsinSdk;

/// <summary>The queue, the spool and the sender.</summary>
public sealed class TransportOptions
{
}
