using Microsoft.Extensions.Hosting;
using TocsinSdk;
using TocsinSdk.AspNetCore.Requests;

// The namespace of the type it extends, so that applications need no using of their own.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds Tocsin to a web application.</summary>
public static class TocsinWebExtensions
{
    /// <summary>
    /// What <see cref="TocsinHostExtensions.AddTocsin{TBuilder}"/> does for any host, and requests besides. Calling it
    /// again changes nothing.
    /// </summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message says which, and what was expected.</exception>
    public static WebApplicationBuilder AddTocsin(
        this WebApplicationBuilder builder, Action<TocsinOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        TocsinHostExtensions.AddTocsin(builder, configure);
        ServerSpans.Watch();
        return builder;
    }
}
