namespace TocsinSdk;

/// <summary>Health checks and their endpoints.</summary>
public sealed class HealthOptions
{
}
