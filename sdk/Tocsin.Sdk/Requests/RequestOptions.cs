namespace TocsinSdk;

/// <summary>How HTTP requests are tracked; needs Tocsin.Sdk.AspNetCore.</summary>
public sealed class RequestOptions
{
}
