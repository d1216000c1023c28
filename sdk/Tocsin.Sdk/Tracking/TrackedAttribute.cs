namespace TocsinSdk;

/// <summary>
/// Measures every call of the method as an operation, as <see cref="Tocsin.Track"/> would, exceptions included. A
/// generator rewrites the calls when
/// they are compiled: seen are direct calls in projects that reference Tocsin.Sdk. Not seen are calls through a
/// delegate, through an
/// interface or base method that is not itself marked, by reflection, and from projects without the package.
/// </summary>
/// <param name="name">Name of the operation; default "Type.Method".</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class TrackedAttribute(string? name = null) : Attribute
{
    /// <summary>Name of the operation; null for "Type.Method".</summary>
    public string? Name { get; } = name;

    /// <summary>
    /// Milliseconds from which a call is reported as slow; 0, the default, for TrackingOptions.SlowThreshold.
    /// </summary>
    public double ThresholdMilliseconds { get; set; }

    /// <summary>
    /// Whether simple arguments (numbers, strings, times, ids, enums) become attributes "arg.name" of the operation,
    /// after
    /// redaction; default false.
    /// </summary>
    public bool Arguments { get; set; }
}
