namespace TocsinSdk.AspNetCore.Requests;

/// <summary>What Tocsin knows of a request under way; a feature of its HttpContext.</summary>
internal sealed class TrackedRequest
{
}
