using TocsinSdk.Configuration;

namespace TocsinSdk;

/// <summary>How HTTP requests are tracked; needs Tocsin.Sdk.AspNetCore. All of it may change while the process runs.</summary>
[Live]
public sealed class RequestOptions
{
    /// <summary>Whether requests are tracked at all; default true.</summary>
    public bool Enabled { get; set; } = true;

    internal IEnumerable<string> Problems() => [];
}
