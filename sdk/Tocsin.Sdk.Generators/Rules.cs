using Microsoft.CodeAnalysis;

namespace TocsinSdk.Generators;

/// <summary>What the developer is told. Each id has its paragraph in docs/guide/sdk-tracking.md.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor NotReplaceable = Rule("TOCSIN001",
        "Calls of this method cannot be measured", "[Tracked] on '{0}' has no effect: {1}");

    public static readonly DiagnosticDescriptor Virtual = Rule("TOCSIN002",
        "Calls through the base or interface are not measured",
        "Calls of '{0}' through '{1}' are not measured; put [Tracked] there too");

    public static readonly DiagnosticDescriptor Delegate = Rule("TOCSIN003",
        "Calls through a delegate are not measured", "Calls of '{0}' through this delegate are not measured");

    public static readonly DiagnosticDescriptor NotAllowed = Rule("TOCSIN004",
        "Calls are not replaced in this project",
        "[Tracked] has no effect in this project: add TocsinSdk.Generated to its InterceptorsNamespaces property");

    private static DiagnosticDescriptor Rule(string id, string title, string message) =>
        new(id, title, message, "Tocsin", DiagnosticSeverity.Warning, isEnabledByDefault: true);
}
