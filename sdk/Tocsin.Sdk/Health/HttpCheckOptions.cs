namespace TocsinSdk;

/// <summary>What an HTTP health check sends and expects.</summary>
public sealed class HttpCheckOptions
{
    /// <summary>Method of the request; default GET.</summary>
    public string Method { get; set; } = "GET";

    /// <summary>Headers of the request, such as an authorization.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>Status codes that are well; empty, the default, means 200 to 299. Redirects are not followed.</summary>
    public List<int> ExpectedStatus { get; } = [];

    /// <summary>Text that the first 64 KiB of the answer must contain, letter for letter; default none.</summary>
    public string? BodyContains { get; set; }

    /// <summary>An answer slower than this is degraded; default never.</summary>
    public TimeSpan? DegradedAbove { get; set; }

    /// <summary>
    /// Gives the client to send with, for certificates or proxies of your own; it is not disposed. Default: a client kept
    /// by Tocsin, whose calls are neither measured nor traced.
    /// </summary>
    public Func<HttpClient>? Client { get; set; }
}
