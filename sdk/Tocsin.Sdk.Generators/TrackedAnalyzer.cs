using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TocsinSdk.Generators;

/// <summary>Tells where [Tracked] promises more than the generator can see.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrackedAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.NotReplaceable, Rules.Virtual, Rules.Delegate, Rules.NotAllowed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Method, SymbolKind.Method);
        context.RegisterOperationAction(Reference, OperationKind.MethodReference);
    }

    private static void Method(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (TrackedMethod.Of(method) is not { } tracked)
            return;
        void Report(DiagnosticDescriptor rule, params object?[] arguments) => context.ReportDiagnostic(
            Diagnostic.Create(rule, method.Locations.FirstOrDefault(), arguments));
        if (method.DeclaringSyntaxReferences.FirstOrDefault() is { SyntaxTree.Options: { } options }
            && !TrackedGenerator.AllowsInterceptors(options))
            Report(Rules.NotAllowed);
        else if (tracked.Obstacle() is { } obstacle)
            Report(Rules.NotReplaceable, method.Name, obstacle);
        else if (Unmarked(method) is { } unmarked)
            Report(Rules.Virtual, method.Name, $"{unmarked.ContainingType.Name}.{unmarked.Name}");
    }

    /// <summary>The base or interface method whose callers are not seen.</summary>
    private static IMethodSymbol? Unmarked(IMethodSymbol method)
    {
        if (method.OverriddenMethod is { } overridden && TrackedMethod.Of(overridden) is null)
            return overridden;
        foreach (var declared in method.ContainingType.AllInterfaces)
            foreach (var member in declared.GetMembers(method.Name).OfType<IMethodSymbol>())
                if (TrackedMethod.Of(member) is null && SymbolEqualityComparer.Default.Equals(
                        method.ContainingType.FindImplementationForInterfaceMember(member), method))
                    return member;
        return null;
    }

    private static void Reference(OperationAnalysisContext context)
    {
        var reference = (IMethodReferenceOperation)context.Operation;
        // nameof(M) is a reference too, and calls nothing.
        if (TrackedMethod.Of(reference.Method) is { } tracked && reference.Parent is not INameOfOperation)
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.Delegate, reference.Syntax.GetLocation(), tracked.Method.Name));
    }
}
